// What the Node tests share: where the built package is, and a stand-in for the wasm.

import { spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The npm package with its built files. */
export const packageDir = resolve(process.env.CW_PKG_DIR ?? join(root, "pkg"));

/** A module of the package, as it is published. */
export const load = (name) => import(pathToFileURL(join(packageDir, name)).href);

/** The smallest module there is: `init` compiles it, the stand-in never runs it. */
export const emptyWasm = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/**
 * A stand-in for the generated cloud_witness.js that writes down how it was called.
 * @param {Record<string, (...values: unknown[]) => unknown>} [overrides]
 */
export function fakeGlue(overrides = {}) {
  const calls = [];
  const functions = {
    default: async () => {},
    __wbg_reset_state: () => {},
    // A good answer, which is asked for once.
    verify: () => '{"verdict":"warning"}',
    unsteady: () => '{"verdict":"none","checks":[]}',
    loadCollateral: () => '{"id":0,"view":{"schema":1,"pieces":[{"kind":"tcb_info"}]}}',
    overlayCollateral: () => '{"id":1,"view":{"schema":1,"pieces":[]},"text":"overlaid"}',
    selectCollateral: () => '"selected"',
    forgetCollateral: () => "true",
    generateChallenge: () => '{"hex":"00"}',
    parseChallenge: () => '{"hex":"00"}',
    parseAttesterOutput: () => '{"quote":""}',
    sha256: () => "digest",
    parsePolicy: () => '{"name":"ceremony"}',
    parseAttesters: () => "[]",
    verifierInfo: () => '{"name":"cloud-witness"}',
    checkParticipants: () => "[]",
    recordCeremony: () => '{"record":null}',
    bytesToSign: () => '{"payload":""}',
    addSignature: () => '"file"',
    mergeCeremonies: () => '"file"',
    addendumToSign: () => '{"payload":""}',
    addAddendum: () => '"file"',
    openCeremony: () => '{"verdict":"none"}',
    verifyToken: () => '{"verdict":"none"}',
    mixChallenge: () => '{"hex":"00"}',
    parseKey: () => '{"line":""}',
    ed25519Key: () => '{"line":""}',
    parseSigners: () => "[]",
    loadRegistry: () => '{"id":0,"view":{"files":[],"entries":0}}',
    forgetRegistry: () => "true",
    searchRegistry: () => '{"total":0,"entries":[]}',
    enrol: () => '{"ppid":""}',
    checkEnrolment: () => '{"verdict":"none"}',
    ...overrides,
  };
  const glue = {};
  for (const [name, answer] of Object.entries(functions)) {
    glue[name] = (...values) => {
      calls.push({ name, values });
      return answer(...values);
    };
  }
  return { glue, calls, called: (name) => calls.filter((call) => call.name === name) };
}

/**
 * Runs the command line of a package.
 * @param {string[]} words
 * @param {{ from?: string, input?: string | Uint8Array, cwd?: string }} [options]
 */
export function cli(words, { from = packageDir, input = "", cwd } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(from, "cli.js"), ...words], {
    cwd,
    input,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}
