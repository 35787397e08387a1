// Ceremonies through the npm package: a whole one over a forged machine, what is let in from JavaScript, the command
// line, and other implementations of DSSE, drand and JSON Schema.

import assert from "node:assert/strict";
import { createPublicKey, verify as verifySignature } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, test } from "node:test";

import sigstoreBundle from "@sigstore/bundle";
import sigstore from "@sigstore/core";
import Ajv from "ajv/dist/2020.js";
import { fetchBeacon, roundTime } from "drand-client";

import { ROUND } from "./folder.mjs";
import { cli, emptyWasm, fakeGlue, load, packageDir, root } from "./support.mjs";

const forgedDir = process.env.CW_FORGED_PKG_DIR;
const vectors = process.env.CW_VECTORS_DIR;
assert.ok(forgedDir && vectors, "run by `cargo xtask test`");

const forged = await import(pathToFileURL(join(forgedDir, "node.js")));
await forged.init();

const docs = (name) => readFileSync(join(root, "docs", name), "utf8");
const folder = mkdtempSync(join(tmpdir(), "cloud-witness-ceremony-"));
after(() => rmSync(folder, { recursive: true }));

const good = join(vectors, "001-affirming-as-of");
const evidence = new Uint8Array(readFileSync(join(good, "evidence.bin")));
const collateral = readFileSync(join(good, "collateral.json"), "utf8");
const attesters = readFileSync(join(good, "attesters.json"), "utf8");
const AT = 2209075200;

const people = await Promise.all(
  [["Paula", "Example Compute", "prover"], ["Walter", "First", "witness"], ["Vera", "Second", "witness"]].map(
    async ([name, project, role]) => {
      const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
      const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
      return { name, project, role, pair, key: forged.parseKey(raw).line };
    },
  ),
);

const entered = async () => ({
  kind: "bare_metal",
  participants: people.map(({ name, project, role, key }) => ({ name, project, role, key })),
  colocation: { answer: "not_offered", how: "Its price list has none." },
  console: { provider: "Cloud", product: "metal", region: "north", console_type: "IPMI", machine: "4711" },
  times: {
    participants: AT - 900, colocation: AT - 800, console: AT - 700, challenge: AT - 300, command: null,
    hash: AT - 60, file: AT, appraisal: AT + 1, outcome: AT + 2,
  },
  challenge: {
    hex: "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
    minutes: 15, made_by: 1, origin: { type: "random" },
  },
  file: { name: "attester.txt", noted_sha256: await forged.sha256(evidence), noted_by: 2 },
  warning_reason: null,
  notes: null,
  recording: null,
});

const record = async (change = (all) => all) =>
  forged.recordCeremony(change({
    entered: await entered(), evidence, collateral, collateralFrom: "site", attesters, wasmSha256: "ab".repeat(32),
  }));

/** Signs as a page does: with a key that WebCrypto keeps. */
async function sign(file, { pair, key }) {
  const { pae } = await forged.bytesToSign(file);
  const signature = new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, new TextEncoder().encode(pae)));
  return forged.addSignature(file, { key, signature });
}

const signers = () =>
  JSON.stringify(people.map(({ project, key }) => ({ project, key, source: "the test", added_by: "the test" })));

test("a whole ceremony: each signs their own copy, the copies are merged, and the file opens affirming", async () => {
  assert.deepEqual(forged.checkParticipants((await entered()).participants), []);
  const { record: made, verdict, findings } = await record();
  assert.deepEqual([verdict, findings], ["affirming", []]);
  const copies = await Promise.all(people.map((person) => sign(made.file, person)));
  const lacking = await forged.openCeremony(copies[0], { signers: signers() });
  assert.equal(lacking.verdict, "none");
  assert.equal(lacking.signable, true);
  let file = copies[0];
  for (const copy of copies.slice(1)) file = await forged.mergeCeremonies(file, copy);

  const report = await forged.openCeremony(file, { signers: signers(), attesters });
  assert.equal(report.verdict, "affirming");
  assert.match(report.headline, /^Affirming, as of 2040-01-02/);
  assert.equal(report.checks.length, 16);
  assert.equal(report.payload_sha256, made.payload_sha256);
  assert.deepEqual(report.report, report.recorded_report);
  assert.equal(report.recorded_by.wasm_sha256, "ab".repeat(32));
  assert.equal((await forged.openCeremony(file, { attesters })).verdict, "warning", "without a list of signers");
  assert.equal((await forged.openCeremony(file, { signers: signers() })).verdict, "warning", "without a list of attesters");

  const link = { added_at: AT + 3600, recording: "https://example.org/1", note: null };
  const { payload, pae } = await forged.addendumToSign(file, link);
  const signature = await crypto.subtle.sign("Ed25519", people[0].pair.privateKey, new TextEncoder().encode(pae));
  const later = await forged.addAddendum(file, payload, { key: people[0].key, signature });
  const opened = await forged.openCeremony(new Blob([later]), {
    signers: signers(), attesters, now: AT + 7200, collateral, collateralFrom: "site",
  });
  assert.deepEqual(opened.addenda[0].addendum, link);
  assert.deepEqual([opened.verdict, opened.today.differences, opened.today.before_signing], ["affirming", [], []]);
});

test("a record opened beside lists of machines says where its machine stands today, and keeps its verdict", async () => {
  const file = docs("ceremony-record.example.dsse.json");
  const { ppid } = (await forged.openCeremony(file)).report.identity;
  const [own, other] = [new TextEncoder().encode(`${ppid},ours\n`), new TextEncoder().encode(`${"ab".repeat(16)},other\n`)];
  const standing = async (lists) => {
    const { verdict, today } = await forged.openCeremony(file, { now: AT + 3600, collateral, collateralFrom: "site", ...lists });
    return [verdict, today.registry && [today.registry.outcome, today.registry.code], today.before_signing.map(({ code }) => code)];
  };
  assert.deepEqual(await standing({}), ["warning", null, []]);
  assert.deepEqual(await standing({ registry: own, revoked: other }), ["warning", ["pass", "MACHINE_KNOWN"], []]);
  assert.deepEqual(await standing({ registry: await forged.loadRegistry(other) }), ["warning", ["pass", "MACHINE_NEW"], []]);
  const revoked = await forged.loadRegistry([other, own]);
  assert.deepEqual(await standing({ registry: own, revoked }), ["warning", ["fail", "MACHINE_REVOKED"], ["TODAY_NOT_SIGNABLE"]]);
  for (const lists of [{ registry: own }, { revoked }]) {
    await assert.rejects(forged.openCeremony(file, lists), { name: "TypeError", message: /now must be given with/ });
  }
  await assert.rejects(standing({ revoked: new Uint8Array([0xff]) }), { code: "REGISTRY_NOT_TEXT" });
});

test("what does not become a record says why, and keeps the Report", async () => {
  const { record: none, verdict, findings, report } = await record((all) => {
    all.entered.participants[2].project = "first";
    all.entered.times.outcome = AT - 1;
    return all;
  });
  assert.equal(none, null);
  assert.equal(verdict, "contraindicated");
  assert.deepEqual(findings.map(({ code, participant }) => [code, participant]),
    [["WITNESSES_OF_ONE_PROJECT", 2], ["TIME_SET_BACK", null]]);
  assert.ok(findings.every(({ advice }) => advice.length > 0));
  assert.equal(report.verdict, "affirming");
});

test("what cannot be signed, merged or read throws its code", async () => {
  const { record: made } = await record();
  const other = await record((all) => {
    all.entered.console.machine = "4712";
    all.entered.times.challenge += 1;
    return all;
  });
  const signature = new Uint8Array(64);
  const rejects = (promise, code) => assert.rejects(promise, { code });
  await rejects(forged.addSignature(made.file, { key: people[0].key, signature }), "SIGNATURE_REFUSED");
  await rejects(forged.addSignature(made.file, { ssh: "x" }), "SIGNATURE_UNREADABLE");
  await rejects(forged.addSignature("{}", { ssh: "x" }), "RECORD_FIELD");
  await rejects(forged.mergeCeremonies(made.file, other.record.file), "PAYLOADS_DIFFER");
  await rejects(forged.bytesToSign("junk"), "RECORD_NOT_JSON");
  await rejects(forged.openCeremony(made.file, { signers: "{}" }), "SIGNERS_UNREADABLE");
  await rejects(forged.openCeremony(made.file, { attesters: "{}" }), "ATTESTERS_UNREADABLE");
  await rejects(forged.openCeremony(made.file, { earlier: ["junk"] }), "RECORD_NOT_JSON");
  assert.throws(() => forged.parseKey(new Uint8Array(32)), { code: "KEY_WEAK" });
  assert.throws(() => forged.parseKey("ssh-dss AAAA"), { code: "KEY_UNREADABLE" });
  assert.throws(() => forged.mixChallenge("{}"), { code: "DRAND_UNREADABLE" });
  assert.equal((await forged.openCeremony("junk")).verdict, "none");
  let signed = other.record.file;
  for (const person of people) signed = await sign(signed, person);
  const reused = await record((all) => ({ ...all, earlier: [signed] }));
  assert.deepEqual(reused.findings.map(({ code }) => code), ["CHALLENGE_REUSED"]);
});

// The border (O2): wrong types never read as not given.

test("entries of a wrong type are refused by their place, before the wasm is asked", async () => {
  const { createApi, compile } = await load("core.js");
  const { glue, called } = fakeGlue();
  const api = createApi(glue, (source) => compile(source ?? emptyWasm));
  await api.init();
  const refuses = async (act, argument) => {
    await assert.rejects(async () => act(), (error) => {
      assert.ok(error instanceof TypeError, `${argument}: ${error}`);
      assert.deepEqual([error.code, error.argument], ["INVALID_ARGUMENT", argument]);
      return true;
    });
  };
  const wrong = { "a BigInt": 1n, "NaN": NaN, "a fraction": 0.5, "undefined": undefined, "a Date": new Date(0),
    "a Map": new Map(), "a function": () => {}, "a symbol": Symbol("s"), "a negative number": -1, "2^53": 2 ** 53 };
  for (const value of Object.values(wrong)) {
    await refuses(
      () => api.recordCeremony({ entered: { times: { command: value } }, evidence: "x", collateral: "x" }),
      "entered.times.command",
    );
    await refuses(() => api.checkParticipants([{ key: value }]), "participants[0].key");
  }
  await refuses(() => api.recordCeremony({ entered: {}, evidence: "x", collateral: "x", extra: 1 }), "extra");
  await refuses(() => api.recordCeremony({ entered: {}, evidence: [1], collateral: "x" }), "evidence");
  await refuses(() => api.recordCeremony({ entered: {}, evidence: "x" }), "collateral");
  await refuses(() => api.recordCeremony({ entered: {}, evidence: "x", collateral: "x", earlier: "x" }), "earlier");
  await refuses(() => api.recordCeremony({ entered: {}, evidence: "x", collateral: "x", earlier: [1] }), "earlier[0]");
  await refuses(() => api.openCeremony("x", { now: 1n }), "now");
  await refuses(() => api.openCeremony("x", { collateral: "x" }), "now");
  await refuses(() => api.openCeremony("x", { signer: "x" }), "signer");
  await refuses(() => api.openCeremony(5), "file");
  await refuses(() => api.addSignature("x", {}), "signature");
  await refuses(() => api.addSignature("x", { ssh: "x", key: "x" }), "signature");
  await refuses(() => api.addSignature("x", { key: "x", signature: new Uint8Array(63) }), "signature");
  await refuses(() => api.addSignature("x", { key: "x", signature: "x".repeat(64) }), "signature");
  await refuses(() => api.mixChallenge(5), "round");
  await refuses(() => api.mixChallenge("{}", 5), "own");
  await refuses(() => api.parseKey(new Uint8Array(31)), "key");
  await refuses(() => api.parseSigners({}), "json");
  await refuses(() => api.mergeCeremonies("x", 1), "b");
  const reached = ["recordCeremony", "checkParticipants", "openCeremony", "addSignature", "mixChallenge", "parseSigners"];
  for (const name of reached) assert.equal(called(name).length, 0, name);
});

test("entries of another form are refused by the wasm too", async () => {
  const all = await entered();
  delete all.times.file;
  await assert.rejects(
    forged.recordCeremony({ entered: all, evidence, collateral }),
    { code: "INVALID_ARGUMENT", argument: "entered", message: /file/ },
  );
  assert.throws(() => forged.checkParticipants([{ name: "a" }]), { code: "INVALID_ARGUMENT", argument: "participants" });
});

test("one byte past 32 MiB is handed over, and the report says that it is too large", async () => {
  const report = await forged.openCeremony(new Uint8Array(32 * 1024 * 1024 + 5));
  assert.equal(report.checks[0].code, "RECORD_TOO_LARGE");
});

// The command line.

test("the command line opens a record: its exit status is the verdict", () => {
  const example = join(root, "docs/ceremony-record.example.dsse.json");
  const list = join(root, "docs/signers.example.json");
  const lists = ["--signers", list, "--attesters", join(root, "docs/attesters.example.json")];
  const run = (words, options = {}) => cli(["ceremony", ...words], { from: forgedDir, ...options });
  const known = run(["verify", example, ...lists]);
  assert.deepEqual([known.status, known.stderr], [0, ""]);
  assert.match(known.stdout, /^Affirming, as of 2040-01-02/);
  assert.match(known.stdout, /witness +Vera Verifier, Second Project: signed with SHA256:/);
  assert.equal(run(["verify", example]).status, 10);
  assert.equal(run(["verify", example, ...lists.slice(0, 2)]).status, 10);
  assert.equal(run(["verify", example, ...lists.slice(2)]).status, 10);
  const json = run(["verify", "-", ...lists, "--json"], { input: readFileSync(example) });
  assert.equal(JSON.parse(json.stdout).verdict, "affirming");
  assert.equal(run(["verify", example, "--earlier", example]).status, 10);

  const collateralFile = join(folder, "collateral.json");
  writeFileSync(collateralFile, collateral);
  const today = run(["verify", example, ...lists, "--collateral", collateralFile, "--collateral-from", "site"]);
  assert.equal(today.status, 0);
  assert.match(today.stdout, /The hardware today: No verdict/, "the forge lives in 2040");

  const revoked = join(folder, "revoked.csv");
  const { ppid } = JSON.parse(json.stdout).report.identity;
  writeFileSync(revoked, `${ppid},sold\n`);
  const listed = run(["verify", example, ...lists, "--revoked", revoked]);
  assert.equal(listed.status, 0, "the status is of the record's own time");
  assert.match(listed.stdout, /The machine in today's lists\nfail +registry +The machine is revoked: its ppid stands at line 1/);
  assert.match(listed.stdout, /Before signing: By today's lists: The machine is revoked/);
  assert.equal(cli(["colocation", "open", example, ...lists, "--revoked", revoked], { from: forgedDir }).stdout, listed.stdout);

  // The clock says 2026, the record 2040: that is said without any collateral.
  assert.match(known.stdout, /Before signing: The record says that the ceremony ends on 2040-01-0/);
  assert.doesNotMatch(known.stdout, /The hardware today/);

  const changed = join(folder, "changed.json");
  writeFileSync(changed, readFileSync(example, "utf8").replace('"sig":"', '"sig":"A'));
  assert.equal(run(["verify", changed]).status, 20);
  writeFileSync(changed, "junk");
  assert.equal(run(["verify", changed]).status, 30);
  // The product's own wasm trusts no forge.
  assert.equal(cli(["ceremony", "verify", example, ...lists]).status, 20);
  for (const words of [[], ["verify"], ["sign", example], ["verify", example, example], ["verify", example, "--x"],
    ["verify", example, "--signers", list, "--signers", list], ["verify", "-", "--signers", "-"],
    ["verify", "-", "--attesters", "-"], ["verify", example, "--attesters", changed], ["verify", "-", "--revoked", "-"],
    ["verify", example, "--signers", changed]]) {
    assert.equal(run(words).status, 2, words.join(" "));
  }
});

// Other implementations.

test("sigstore's DSSE reads the file, and its encoding verifies under the keys in the payload", () => {
  const json = JSON.parse(docs("ceremony-record.example.dsse.json"));
  const envelope = sigstoreBundle.envelopeFromJSON(json);
  assert.equal(envelope.payloadType, "application/vnd.in-toto+json");
  const statement = JSON.parse(envelope.payload.toString());
  const pae = sigstore.dsse.preAuthEncoding(envelope.payloadType, envelope.payload);
  const keys = new Map(statement.predicate.entered.participants.map(({ key }) =>
    [forged.parseKey(key).fingerprint, Buffer.from(key.split(" ")[1], "base64").subarray(-32)]));
  const verified = envelope.signatures.map(({ keyid, sig }) => {
    const key = createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: keys.get(keyid).toString("base64url") }, format: "jwk",
    });
    return sig.subarray(0, 6).toString() === "SSHSIG" ? "sshsig" : verifySignature(null, pae, key, sig);
  });
  assert.deepEqual(verified.sort(), ["sshsig", true, true]);
  const changed = sigstore.dsse.preAuthEncoding(envelope.payloadType, Buffer.concat([envelope.payload, Buffer.from(" ")]));
  assert.notDeepEqual(changed, pae);
});

test("the schema and the example agree, and the schema refuses what is none", async () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(JSON.parse(docs("ceremony-record.schema.json")));
  const payload = (file) => JSON.parse(Buffer.from(JSON.parse(file).payload, "base64").toString());
  const example = payload(docs("ceremony-record.example.dsse.json"));
  assert.ok(validate(example), JSON.stringify(validate.errors));
  assert.ok(validate(payload((await record()).record.file)), JSON.stringify(validate.errors));
  for (const change of [
    (all) => { all.predicate.verdict = "contraindicated"; },
    (all) => { all.predicate.entered.participants[0].key = null; },
    (all) => { all.predicate.entered.x = 1; },
    (all) => { delete all.predicate.entered.notes; },
    (all) => { all.predicate.entered.colocation.answer = "not_shown"; },
    (all) => { all.predicateType = all.predicateType.replace("v1", "v2"); },
  ]) {
    const copy = structuredClone(example);
    change(copy);
    assert.equal(validate(copy), false, String(change));
  }
});

const QUICKNET = {
  public_key:
    "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  period: 3,
  genesis_time: 1692803367,
  hash: "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971",
  groupHash: "f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
  schemeID: "bls-unchained-g1-rfc9380",
  metadata: { beaconID: "quicknet" },
};

/** What drand's own client says of a round, without a network. */
async function drandAccepts(beacon) {
  const client = {
    options: { disableBeaconVerification: false, noCache: true },
    chain: () => ({ baseUrl: "none", info: async () => QUICKNET }),
    get: async () => beacon,
    latest: async () => beacon,
  };
  return fetchBeacon(client, beacon.round).then(() => true, () => false);
}

function mixes(beacon) {
  try {
    forged.mixChallenge(JSON.stringify(beacon));
    return true;
  } catch (error) {
    assert.match(error.code, /^DRAND_/);
    return false;
  }
}

test("drand's own client and the core agree on rounds, genuine and not", async () => {
  const genuine = forged.mixChallenge(JSON.stringify(ROUND), "07".repeat(32));
  assert.deepEqual(genuine.not_before, { round: 1000, time: roundTime(QUICKNET, 1000) / 1000 });
  const infinity = "c0" + "00".repeat(47);
  for (const [beacon, accepted] of [
    [ROUND, true],
    [{ ...ROUND, round: 1001 }, false],
    [{ ...ROUND, randomness: ROUND.randomness.replace("f", "e") }, false],
    [{ ...ROUND, signature: ROUND.signature.replace("b4", "94") }, false],
    [{ ...ROUND, signature: infinity }, false],
  ]) {
    assert.equal(mixes(beacon), accepted, JSON.stringify(beacon));
    assert.equal(await drandAccepts(beacon), accepted, JSON.stringify(beacon));
  }
  assert.notEqual(forged.mixChallenge(JSON.stringify(ROUND)).hex, forged.mixChallenge(JSON.stringify(ROUND)).hex);
});
