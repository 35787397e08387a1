// Every function over one wasm that the caller brings: no file is asked for, no thread started, no address looked at.
// index.js, node.js and workerd.js are this, with a wasm of their own where `init` is given none.

import * as glue from "./cloud_witness.js";
import { compile, createApi } from "./core.js";
import { invalid } from "./border.js";

async function load(source) {
  const compiling = source === undefined ? undefined : compile(source);
  if (compiling === undefined) {
    throw invalid("source", "must be given to cloud-witness/slim: a WebAssembly.Module, the wasm's bytes, or a Response");
  }
  return compiling;
}

export const {
  init, verify, verifyMany, decodeEvidence, parseAttesterOutput, Collateral, generateChallenge, parseChallenge,
  sha256, parsePolicy, parseAttesters, verifierInfo, checkParticipants, recordCeremony, bytesToSign, addSignature,
  mergeCeremonies, addendumToSign, addAddendum, openCeremony, mixChallenge, parseKey, parseSigners,
  checkColocation, colocationTemplates, loadRegistry, searchRegistry, enrol, checkEnrolment, verifyToken,
} = /* @__PURE__ */ createApi(glue, load);
