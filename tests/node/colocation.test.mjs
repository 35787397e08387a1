// Evidence of colocation through the npm package: what checks out and what does not, what is let in from JavaScript,
// the record of that kind, and the command line.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, test } from "node:test";

import Ajv from "ajv/dist/2020.js";

import { cli, emptyWasm, fakeGlue, load, root } from "./support.mjs";

const forgedDir = process.env.CW_FORGED_PKG_DIR;
const vectors = process.env.CW_VECTORS_DIR;
assert.ok(forgedDir && vectors, "run by `cargo xtask test`");

const api = await load("node.js");
await api.init();

const AT = 2209075200;
const samples = join(root, "tests/colocation");
const sample = JSON.parse(readFileSync(join(samples, "evidence.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "cloud-witness-colocation-"));
after(() => rmSync(folder, { recursive: true }));

/** The items with their files' contents. */
const items = () =>
  structuredClone(sample.items).map((item) => ({
    ...item,
    files: item.files.map((file) => ({ ...file, content: new Uint8Array(readFileSync(join(samples, file.name))) })),
  }));

const request = (change = (all) => all) => change({ items: items(), machine: sample.machine, at: AT });
const words = (report) => Object.fromEntries(report.trust.rows.map((row) => [row.evidence, row.cells.map((cell) => cell.words)]));

test("evidence that checks out gives the trust table, whatever the files come as", async () => {
  const report = await api.checkColocation(request());
  assert.ok(report.items.every((item) => item.counts));
  assert.deepEqual(words(report), {
    console: ["no", "no", "no"],
    owner_claim: ["promised by the owner", "promised by the owner", "no"],
    hosting: ["proven", "no", "no"],
    notification: ["proven", "proven, remote only", "no"],
    addresses: ["proven", "proven, remote only", "no"],
    heartbeat: ["proven", "proven, remote only", "proven, remote only"],
    beacon: ["no", "no", "no"],
  });
  const asBlobs = await api.checkColocation(request((all) => {
    for (const file of all.items.flatMap(({ files }) => files)) file.content = new Blob([file.content]);
    return all;
  }));
  assert.deepEqual(asBlobs, report);
});

test("a mail whose body, field, key or domain is another does not count", async () => {
  const changes = {
    DKIM_BODY: (item) => { item.files[0].content = text(item).replace("rack 12, uni", "rack 13, uni"); },
    DKIM_REFUSED: (item) => { item.files[0].content = text(item).replace("Subject: Your", "Subject: My"); },
    KEY_RECORD_REVOKED: (item) => { item.entered.mail.key_record = "v=DKIM1; p="; },
    DOMAIN_DIFFERS: (item) => { item.files[0].content = readFileSync(join(samples, "mails/other-domain.eml"), "utf8"); },
    DKIM_EXPIRED: (item) => { item.files[0].content = readFileSync(join(samples, "mails/expired.eml"), "utf8"); },
  };
  const text = (item) => new TextDecoder().decode(item.files[0].content);
  for (const [code, change] of Object.entries(changes)) {
    const report = await api.checkColocation(request((all) => {
      change(all.items[2]);
      return all;
    }));
    const item = report.items[2];
    assert.equal(item.counts, false, code);
    assert.ok(item.checks.some((check) => check.outcome === "fail" && check.code === code), code);
    assert.deepEqual(words(report).hosting, ["promised", "no", "no"], code);
  }
});

test("what ties a pledge is in the Report with its line, and the command line marks it", async () => {
  const report = await api.checkColocation(request());
  const [named, attached] = [report.items[3].ties, report.items[4].ties];
  assert.match(named[0].tie, /^[0-9a-f]{64}$/);
  assert.deepEqual(named, [{ line: 2, before: "", tie: named[0].tie, after: "" }]);
  assert.deepEqual(attached, [{ line: null, before: "attached as ", tie: '"pledge.txt"', after: "" }]);
  assert.ok(report.items.every((item) => item.ties.length === 0 || item.kind.endsWith("pledge")));
  const { stdout } = cli(["colocation", "check", join(samples, "evidence.json"), "--at", "2040-01-02T00:00:00Z"]);
  assert.ok(stdout.includes(`  Tied by line 2 of the text: >>>${named[0].tie}<<<\n`), stdout);
  assert.ok(stdout.includes('  Tied by attached as >>>"pledge.txt"<<<\n'), stdout);
});

test("what is no item is refused by its place before the wasm is asked", async () => {
  const { createApi, compile } = await load("core.js");
  const { glue, called } = fakeGlue({});
  const bare = createApi(glue, (source) => compile(source ?? emptyWasm));
  await bare.init();
  const wrong = {
    "items": { items: {} },
    "items[0].files": { items: [{ entered: {}, files: null }] },
    "items[0].files[0].content": { items: [{ entered: {}, files: [{ role: "mail", name: "x", content: 1 }] }] },
    "items[0].files[0].role": { items: [{ entered: {}, files: [{ role: 1, name: "x", content: "" }] }] },
    "items[0].entered.x": { items: [{ entered: { x: Number.NaN }, files: [] }] },
    "at": { items: [], at: 1.5 },
    "machine": { items: [], machine: 1 },
    "itmes": { itmes: [] },
  };
  for (const [argument, value] of Object.entries(wrong)) {
    await assert.rejects(async () => bare.checkColocation(value), (error) => {
      assert.ok(error instanceof TypeError && error.code === "INVALID_ARGUMENT", `${argument}: ${error}`);
      assert.equal(error.argument, argument);
      return true;
    });
  }
  assert.equal(called("checkColocation").length, 0);
  // A form that the wasm does not know.
  await assert.rejects(api.checkColocation({ items: [{ entered: { kind: "hearsay" }, files: [] }] }), { code: "INVALID_ARGUMENT" });
});

test("the example of a record fits its schema, and opens under the production root with its evidence checked", async () => {
  const file = readFileSync(join(root, "docs/colocation-record.example.dsse.json"), "utf8");
  const schema = JSON.parse(readFileSync(join(root, "docs/ceremony-record.schema.json"), "utf8"));
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
  const payload = JSON.parse(Buffer.from(JSON.parse(file).payload, "base64").toString());
  assert.ok(validate(payload), JSON.stringify(validate.errors));
  payload.predicate.colocation.items[2].entered.mail.key_record = "";
  assert.equal(validate(payload), false);
  const opened = await api.openCeremony(file);
  // Its machine is forged, so no machine is named, and the record is refused; its mail is looked at all the same.
  assert.equal(opened.verdict, "contraindicated");
  assert.ok(opened.colocation.items[2].counts);
  assert.ok(opened.trust.strongest.every(({ level }) => level === "no"));
});

test("the templates are the files of docs/templates", () => {
  const templates = api.colocationTemplates();
  assert.equal(templates.length, 4);
  for (const { file, text } of templates) {
    assert.equal(text, readFileSync(join(root, "docs/templates", file), "utf8"));
  }
});

test("the command line checks, prints templates, and says what is wrong", () => {
  const file = join(samples, "evidence.json");
  const good = cli(["colocation", "check", file, "--at", "2040-01-02T00:00:00Z"]);
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /strongest +proven +proven, remote only +proven, remote only/);
  assert.match(good.stdout, /not from DNS/);
  const early = cli(["colocation", "check", file, "--at", "2039-01-02T00:00:00Z", "--json"]);
  assert.equal(early.status, 10);
  assert.equal(JSON.parse(early.stdout).items[2].counts, false);
  assert.match(cli(["colocation", "template", "owner_claim"]).stdout, /^Claim by the server's owner\n/);
  for (const words of [["check"], ["check", file, "--entered", file], ["template", "other"], ["record", file], ["x"]]) {
    assert.equal(cli(["colocation", ...words]).status, 2, words.join(" "));
  }
  const broken = join(folder, "broken.json");
  for (const text of ["{", "[]", '{"items":[{}]}', '{"items":[],"more":1}', '{"items":[{"entered":{},"files":[{"name":"no such"}]}]}']) {
    writeFileSync(broken, text);
    assert.equal(cli(["colocation", "check", broken]).status, 2, text);
  }
});

test("evidence names files beside it, and no others", () => {
  const file = join(folder, "elsewhere.json");
  for (const name of [join(folder, "broken.json"), "../x", "a/../../x", "..\\x"]) {
    writeFileSync(file, JSON.stringify({ items: [{ entered: {}, files: [{ name }] }] }));
    const { status, stderr } = cli(["colocation", "check", file]);
    assert.equal(status, 2, name);
    assert.match(stderr, /does not lie beside it/, name);
  }
  // Standard input is what the caller names, not what the evidence does.
  writeFileSync(file, JSON.stringify({ items: [{ entered: {}, files: [{ name: "-" }] }] }));
  assert.match(cli(["colocation", "check", "elsewhere.json"], { cwd: folder, input: "x" }).stderr, /cannot be read/);
});

test("a record of colocation is made, fits its schema, and opens with what was found", async () => {
  const forged = await import(pathToFileURL(join(forgedDir, "node.js")));
  await forged.init();
  const good = join(vectors, "001-affirming-as-of");
  const evidence = new Uint8Array(readFileSync(join(good, "evidence.bin")));
  const key = async () => {
    const pair = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
    return forged.parseKey(await crypto.subtle.exportKey("raw", pair.publicKey)).line;
  };
  const person = async (name, project, role) => ({ name, project, role, key: await key() });
  const entered = {
    kind: "colocation",
    participants: [
      await person("Paula", "Example Compute", "prover"), await person("Walter", "First", "witness"),
      await person("Vera", "Second", "witness"),
    ],
    colocation: { answer: "in_colocation", how: "It stands in a rack of the owner's." },
    console: { provider: "Data Centre Example", product: "server", region: "hall 3", console_type: "IPMI", machine: "4711" },
    times: {
      participants: AT - 900, colocation: AT - 800, console: AT - 700, challenge: AT - 300, command: null,
      hash: AT - 60, file: AT, appraisal: AT + 1, outcome: AT + 2,
    },
    challenge: {
      hex: "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
      minutes: 15, made_by: 1, origin: { type: "random" },
    },
    file: { name: "attester.txt", noted_sha256: await forged.sha256(evidence), noted_by: 2 },
    warning_reason: null, notes: null, recording: null,
  };
  const make = (colocation) => forged.recordCeremony({
    entered, evidence, collateral: readFileSync(join(good, "collateral.json"), "utf8"), collateralFrom: "site",
    attesters: readFileSync(join(good, "attesters.json"), "utf8"), colocation,
  });
  const { record, findings } = await make(items());
  assert.deepEqual(findings, []);
  const schema = JSON.parse(readFileSync(join(root, "docs/ceremony-record.schema.json"), "utf8"));
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(schema);
  assert.ok(validate(JSON.parse(record.payload)), JSON.stringify(validate.errors));
  const opened = await forged.openCeremony(record.file);
  const row = opened.checks.find(({ id }) => id === "colocation");
  assert.equal(row.outcome, "pass", row.detail);
  const alone = await forged.checkColocation(request());
  assert.deepEqual(opened.colocation.items, alone.items);
  // Evidence that does not check out makes no record.
  const bad = items();
  bad[2].files[0].content = readFileSync(join(samples, "mails/other-domain.eml"));
  const refused = await make(bad);
  assert.equal(refused.record, null);
  assert.deepEqual(refused.findings.map(({ code }) => code), ["COLOCATION_REFUSED", "COLOCATION_REFUSED"]);
});
