// Browsers, workers and bundlers: the wasm is fetched from beside this module, and from nowhere else.

import * as glue from "./cloud_witness.js";
import { compile, createApi } from "./core.js";

async function load(source = new URL("./cloud_witness_bg.wasm", import.meta.url)) {
  return compile(source) ?? compile(await fetch(source));
}

/** Where a page's policy allows no worker of this name, the work is done in the thread that asks. */
const threads = {
  cores: () => globalThis.navigator?.hardwareConcurrency ?? 1,
  start(hear, ended) {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => hear(data));
    worker.addEventListener("error", (event) => ended(event.message ?? "it could not be started"));
    worker.addEventListener("messageerror", () => ended("a message could not be read"));
    return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
  },
};

export const {
  init, verify, verifyMany, loadCollateral, overlayCollateral, selectCollateral, generateChallenge, parseChallenge, sha256,
  parsePolicy, parseAttesters, verifierInfo, checkParticipants, recordCeremony, bytesToSign, addSignature,
  mergeCeremonies, addendumToSign, addAddendum, openCeremony, verifyToken, mixChallenge, parseKey, parseSigners,
  checkColocation, colocationTemplates, loadRegistry, searchRegistry, enrol, checkEnrolment,
} = /* @__PURE__ */ createApi(glue, load, threads);
