// Node: the wasm is read from the file beside this module.

import { readFile } from "node:fs/promises";

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

export const {
  init, verify, loadCollateral, overlayCollateral, selectCollateral, generateChallenge, parseChallenge, sha256,
  parsePolicy, parseAttesters, verifierInfo, checkParticipants, recordCeremony, bytesToSign, addSignature,
  mergeCeremonies, addendumToSign, addAddendum, openCeremony, mixChallenge, parseKey, parseSigners,
} = createApi(glue, load);
