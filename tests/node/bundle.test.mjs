// Bundles of collateral: loaded once, used by the object that stands for them, and loaded again after a trap.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { cli, emptyWasm, fakeGlue, load } from "./support.mjs";

const { createApi, compile } = await load("core.js");

async function ready(overrides) {
  const { glue, calls, called } = fakeGlue(overrides);
  const api = createApi(glue, (source) => compile(source ?? emptyWasm));
  await api.init();
  return { api, calls, called };
}

test("a bundle is parsed once, however often it is used", async () => {
  const { api, called } = await ready();
  const bundle = await api.Collateral.load("bundle text");
  await api.verify({ evidence: "a", collateral: bundle, at: 1 });
  await api.verify({ evidence: "b", collateral: bundle, at: 1 });
  assert.equal(await api.Collateral.select(bundle, "a"), "selected");
  assert.equal(called("loadCollateral").length, 1);
  assert.equal(Buffer.from(called("loadCollateral")[0].values[0]).toString(), "bundle text");
  for (const { values } of called("verify")) {
    assert.equal(values[1], undefined, "the bundle was handed over as a file too");
    assert.deepEqual({ ...values[2] }, { at: 1, time: "as_of", bundle: 0 });
  }
});

test("the object that stands for a bundle is plain data that nobody can change", async () => {
  const { api } = await ready();
  const bundle = await api.Collateral.load("bundle text");
  assert.deepEqual(bundle, { schema: 1, pieces: [{ kind: "tcb_info" }] });
  assert.ok(Object.isFrozen(bundle) && Object.isFrozen(bundle.pieces) && Object.isFrozen(bundle.pieces[0]));
});

test("the functions of Collateral stand in an object that nobody can change, and need init like all others", async () => {
  const { Collateral } = createApi(fakeGlue().glue, compile);
  assert.ok(Object.isFrozen(Collateral));
  assert.deepEqual(Object.keys(Collateral), ["load", "overlay", "select"]);
  for (const act of Object.values(Collateral)) await assert.rejects(act("x", "x"), { code: "NOT_INITIALISED" });
});

test("after a trap a bundle is loaded again from its text, once", async () => {
  let broken = true;
  let loads = 0;
  const { api, calls } = await ready({
    loadCollateral: () => JSON.stringify({ id: 10 + loads++, view: {} }),
    verify: () => { if (broken) throw new WebAssembly.RuntimeError("unreachable"); return '{"verdict":"warning"}'; },
  });
  const collateral = await api.Collateral.load("bundle text");
  await assert.rejects(api.verify({ evidence: "x", collateral }), { code: "BUG" });
  broken = false;
  await api.verify({ evidence: "x", collateral });
  await api.verify({ evidence: "x", collateral });
  // It trapped twice before that was said.
  assert.deepEqual(calls.map(({ name }) => name), [
    "default", "loadCollateral", "verify", "__wbg_reset_state", "loadCollateral", "verify",
    "__wbg_reset_state", "loadCollateral", "verify", "verify",
  ]);
  assert.deepEqual(calls.filter(({ name }) => name === "verify").map(({ values }) => values[2].bundle), [10, 11, 12, 12]);
  assert.equal(Buffer.from(calls[4].values[0]).toString(), "bundle text");
});

test("a bundle that was laid over is a bundle of its own, and survives a trap by its own text", async () => {
  let broken = false;
  const { api, called } = await ready({
    verify: () => { if (broken) throw new WebAssembly.RuntimeError("unreachable"); return '{"verdict":"none"}'; },
  });
  const bundle = await api.Collateral.load("bundle text");
  const overlaid = await api.Collateral.overlay(bundle, "a response");
  assert.notEqual(overlaid, bundle);
  const [{ values: [over, file] }] = called("overlayCollateral");
  assert.equal(over, 0);
  assert.equal(Buffer.from(file).toString(), "a response");
  broken = true;
  await assert.rejects(api.verify({ evidence: "x", collateral: overlaid }), { code: "BUG" });
  broken = false;
  await api.verify({ evidence: "x", collateral: overlaid });
  assert.equal(Buffer.from(called("loadCollateral").at(-1).values[0]).toString(), "overlaid");
});

test("what Collateral did not return stands for no bundle", async () => {
  const { api, called } = await ready();
  const other = await ready();
  const bundle = await api.Collateral.load("bundle text");
  const foreign = await other.api.Collateral.load("bundle text");
  for (const value of [structuredClone(bundle), { ...bundle }, foreign, Object.create(bundle), null, {}, 0]) {
    const refused = (argument) => ({ name: "TypeError", code: "INVALID_ARGUMENT", argument });
    await assert.rejects(api.verify({ evidence: "x", collateral: value }), refused("collateral"));
    await assert.rejects(api.Collateral.select(value, "x"), refused("bundle"));
    await assert.rejects(api.Collateral.overlay(value, "x"), refused("bundle"));
  }
  assert.equal(called("verify").length + called("selectCollateral").length + called("overlayCollateral").length, 0);
});

test("no more of a bundle is read than one byte past 32 MiB", async () => {
  const { api, called } = await ready();
  await api.Collateral.load(new Uint8Array(33 * 1024 * 1024));
  assert.equal(called("loadCollateral")[0].values[0].length, 32 * 1024 * 1024 + 1);
});

// The real wasm, over the forge's root.

const { CW_VECTORS_DIR: vectors, CW_FORGED_PKG_DIR: forged } = process.env;
assert.ok(vectors && forged, "run by `cargo xtask test`");
const api = await import(pathToFileURL(join(forged, "node.js")));
await api.init();

function vector(name) {
  const read = (file) => {
    const path = join(vectors, name, file);
    return existsSync(path) ? readFileSync(path) : undefined;
  };
  return {
    request: {
      ...JSON.parse(read("case.json")).request,
      evidence: new Uint8Array(read("evidence.bin")),
      ...(read("attesters.json") && { attesters: read("attesters.json").toString() }),
    },
    collateral: read("collateral.json").toString(),
  };
}

test("a Report from a loaded bundle is the one from its text, and the one from the text that it selects", async () => {
  const { request, collateral } = vector("014-affirming-from-bundle");
  const bundle = await api.Collateral.load(collateral);
  const loaded = await api.verify({ ...request, collateral: bundle });
  assert.equal(loaded.verdict, "affirming");
  assert.deepEqual(await api.verify({ ...request, collateral }), loaded);
  const selected = await api.Collateral.select(bundle, request.evidence);
  assert.deepEqual(Object.keys(JSON.parse(selected)), [
    "pck_crl_issuer_chain", "root_ca_crl", "pck_crl", "tcb_info_issuer_chain", "tcb_info", "tcb_info_signature",
    "qe_identity_issuer_chain", "qe_identity", "qe_identity_signature",
  ]);
  assert.deepEqual(await api.verify({ ...request, collateral: selected }), loaded);
  assert.equal(loaded.inputs.collateral_sha256, await api.sha256(selected));
});

test("a bundle says what is in it", async () => {
  const bundle = await api.Collateral.load(vector("014-affirming-from-bundle").collateral);
  assert.deepEqual([bundle.schema, bundle.from, bundle.fmspcs, bundle.sgx, bundle.tdx], [1, "made for a test", 3, 3, 1]);
  assert.deepEqual(bundle.tcb_evaluation_data_numbers?.least <= bundle.tcb_evaluation_data_numbers?.greatest, true);
  assert.deepEqual(bundle.pieces.map(({ kind }) => kind), [
    "root_ca_crl", "pck_crl", "pck_crl", "qe_identity", "qe_identity", "tcb_info", "tcb_info", "tcb_info", "tcb_info",
  ]);
  assert.ok(bundle.fetched_at < bundle.valid_until && bundle.oldest_from < bundle.fetched_at);
  const [piece] = bundle.pieces.filter(({ tee, kind }) => tee === "tdx" && kind === "tcb_info");
  assert.deepEqual([piece.label, piece.fmspc, piece.newest_status], ["TCB info for TDX f0f1f2f3f4f5", "f0f1f2f3f4f5", "UpToDate"]);
});

test("a bundle without the platform selects nothing, and the Report says what it lacks", async () => {
  const { request, collateral } = vector("311-bundle-without-fmspc");
  const bundle = await api.Collateral.load(collateral);
  assert.equal(await api.Collateral.select(bundle, request.evidence), null);
  assert.equal(await api.Collateral.select(bundle, "no quote"), null);
  const report = await api.verify({ ...request, collateral: bundle });
  const row = report.checks.find(({ id }) => id === "collateral.found");
  assert.equal(row.code, "COLLATERAL_NOT_IN_BUNDLE");
  assert.match(row.detail, /SGX with FMSPC f0f1f2f3f4f5, certified by Intel SGX PCK Platform CA.* no TCB info/);
  assert.deepEqual([report.collateral, report.inputs.collateral_sha256], [null, null]);
});

test("a response of Intel's service is laid over a bundle that lacks it", async () => {
  const { request, collateral } = vector("311-bundle-without-fmspc");
  const bundle = await api.Collateral.load(collateral);
  const overlaid = await api.Collateral.overlay(bundle, vector("317-tcb-info-alone").collateral);
  assert.equal(overlaid.fmspcs, bundle.fmspcs + 1);
  assert.equal((await api.verify({ ...request, collateral: overlaid })).verdict, "affirming");
  assert.equal((await api.verify({ ...request, collateral: bundle })).verdict, "none", "the first bundle was changed");
  await assert.rejects(api.Collateral.overlay(bundle, "{}"), { code: "PIECE_UNRECOGNISED" });
});

test("what is no bundle is refused with a code, and the instance stays", async () => {
  for (const [file, code] of [["{}", "BUNDLE_UNRECOGNISED"], [vector("314-bundle-with-a-key-twice").collateral, "BUNDLE_PIECE_REPEATED"]]) {
    await assert.rejects(api.Collateral.load(file), (error) => error instanceof Error && error.code === code);
  }
});

test("a bundle outlives its instance", async () => {
  const { request, collateral } = vector("014-affirming-from-bundle");
  const glue = await import(pathToFileURL(join(forged, "cloud_witness.js")));
  let trap = false;
  const watched = { ...glue, verify: (...values) => { if (trap) throw new WebAssembly.RuntimeError("unreachable"); return glue.verify(...values); } };
  const own = createApi(watched, async () => compile(readFileSync(join(forged, "cloud_witness_bg.wasm"))));
  await own.init();
  const bundle = await own.Collateral.load(collateral);
  trap = true;
  await assert.rejects(own.verify({ ...request, collateral: bundle }), { code: "BUG" });
  trap = false;
  assert.equal((await own.verify({ ...request, collateral: bundle })).verdict, "affirming");
});

test("the command line takes a bundle where it takes collateral", () => {
  const folder = join(vectors, "014-affirming-from-bundle");
  const { request } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
  const { status, stdout } = cli([
    "verify", join(folder, "evidence.bin"), "--collateral", join(folder, "collateral.json"), "--collateral-from", "site",
    "--attesters", join(folder, "attesters.json"), "--challenge", request.challenge, "--sha256", request.sha256,
    "--challenge-issued", new Date(request.challengeIssuedAt * 1000).toISOString(),
    "--at", new Date(request.at * 1000).toISOString(),
  ], { from: forged });
  assert.equal(status, 0, stdout);
});
