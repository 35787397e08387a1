// Browsers, workers and bundlers: the wasm is fetched from beside this module, and from nowhere else.

import * as glue from "./cloud_witness.js";
import { compile, createApi } from "./core.js";

async function load(source = new URL("./cloud_witness_bg.wasm", import.meta.url)) {
  return compile(source) ?? compile(await fetch(source));
}

export const {
  init, verify, loadCollateral, overlayCollateral, selectCollateral, generateChallenge, parseChallenge, sha256,
  parsePolicy, parseAttesters, verifierInfo, checkParticipants, recordCeremony, bytesToSign, addSignature,
  mergeCeremonies, addendumToSign, addAddendum, openCeremony, mixChallenge, parseKey, parseSigners,
} = /* @__PURE__ */ createApi(glue, load);
