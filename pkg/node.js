// Node: the wasm is read from the file beside this module.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import * as glue from "./cloud_witness.js";
import { compile, createApi } from "./core.js";

async function load(source = new URL("./cloud_witness_bg.wasm", import.meta.url)) {
  return compile(source) ?? compile(await readSource(source));
}

/** A path, or a URL as text or object. */
function readSource(source) {
  const url = source instanceof URL ? source : /^(file|https?|data):/i.test(source) ? new URL(source) : undefined;
  if (url === undefined) return readFile(source);
  return url.protocol === "file:" ? readFile(url) : fetch(url);
}

const threads = {
  cores: availableParallelism,
  start(hear, ended) {
    const worker = new Worker(new URL("./worker-node.js", import.meta.url));
    worker.on("message", hear);
    worker.on("error", (error) => ended(error.message));
    worker.on("exit", () => ended("it stopped"));
    return { post: (message) => worker.postMessage(message), end: () => void worker.terminate() };
  },
};

export const {
  init, verify, verifyMany, loadCollateral, overlayCollateral, selectCollateral, generateChallenge, parseChallenge, sha256,
  parsePolicy, parseAttesters, verifierInfo, checkParticipants, recordCeremony, bytesToSign, addSignature,
  mergeCeremonies, addendumToSign, addAddendum, openCeremony, verifyToken, mixChallenge, parseKey, parseSigners,
  checkColocation, colocationTemplates, loadRegistry, searchRegistry, enrol, checkEnrolment,
} = createApi(glue, load, threads);
