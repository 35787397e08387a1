// The table of vectors, run through the npm package. The expectations are the same as in Rust and in the page.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import test from "node:test";

const vectors = process.env.CW_VECTORS_DIR;
const packages = { production: process.env.CW_PKG_DIR, forged: process.env.CW_FORGED_PKG_DIR };
assert.ok(vectors && packages.production && packages.forged, "run by `cargo xtask test`");

const load = async (folder) => {
  const module = await import(pathToFileURL(join(folder, "node.js")));
  await module.init();
  return module;
};
const loaded = { production: await load(packages.production), forged: await load(packages.forged) };

const names = JSON.parse(readFileSync(join(vectors, "index.json"), "utf8"));
assert.ok(names.length > 100);

for (const name of names) {
  test(name, async () => {
    const read = (file) => {
      const path = join(vectors, name, file);
      return existsSync(path) ? readFileSync(path) : undefined;
    };
    const list = (kind) => {
      const files = readdirSync(join(vectors, name)).filter((file) => file.startsWith(`${kind}-`)).sort();
      return files.length === 0 ? {} : { [kind]: files.map((file) => new Uint8Array(read(file))) };
    };
    const { root, request, expect } = JSON.parse(read("case.json").toString());
    const report = await loaded[root].verify({
      ...request,
      evidence: new Uint8Array(read("evidence.bin")),
      ...(read("collateral.json") && { collateral: read("collateral.json").toString() }),
      ...(read("attesters.json") && { attesters: read("attesters.json").toString() }),
      ...list("registry"),
      ...list("revoked"),
    });
    const rows = Object.fromEntries(
      report.checks.map(({ id, outcome, code }) => [id, { outcome, code }]),
    );
    assert.deepEqual(
      { verdict: report.verdict, rows, ppid: report.identity?.ppid ?? null },
      { verdict: expect.verdict, rows: expect.rows, ppid: expect.ppid },
    );
  });
}

test("the product's wasm answers no forged ceremony, whatever is asked of it", async () => {
  const folder = join(vectors, "001-affirming-as-of");
  const request = {
    evidence: new Uint8Array(readFileSync(join(folder, "evidence.bin"))),
    collateral: readFileSync(join(folder, "collateral.json"), "utf8"),
    at: 2209075200,
  };
  const report = await loaded.production.verify(request);
  assert.notEqual(report.verdict, "affirming");
  assert.notEqual(report.verdict, "warning");
  assert.equal(report.identity, null);
  for (const door of ["root", "rootDer", "root_der", "verifier"]) {
    await assert.rejects(loaded.production.verify({ ...request, [door]: new Uint8Array(1) }), TypeError);
  }
});

test("the product's wasm exports no function that takes a root", () => {
  const module = new WebAssembly.Module(readFileSync(join(packages.production, "cloud_witness_bg.wasm")));
  const functions = WebAssembly.Module.exports(module)
    .filter(({ kind, name }) => kind === "function" && !name.startsWith("__"))
    .map(({ name }) => name)
    .sort();
  assert.deepEqual(functions, [
    "addAddendum",
    "addSignature",
    "addendumToSign",
    "bytesToSign",
    "checkColocation",
    "checkEnrolment",
    "checkParticipants",
    "colocationTemplates",
    "ed25519Key",
    "enrol",
    "forgetCollateral",
    "forgetRegistry",
    "generateChallenge",
    "loadCollateral",
    "loadRegistry",
    "mergeCeremonies",
    "mixChallenge",
    "openCeremony",
    "overlayCollateral",
    "parseAttesterOutput",
    "parseAttesters",
    "parseChallenge",
    "parseKey",
    "parsePolicy",
    "parseSigners",
    "recordCeremony",
    "searchRegistry",
    "selectCollateral",
    "sha256",
    "start",
    "unsteady",
    "verifierInfo",
    "verify",
    "verifyToken",
  ]);
});
