// The command line: how arguments are read, what is printed, and the exit status. The wasm is a stand-in here,
// so that every verdict can be asked for; samples.test.mjs runs the real one.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { cli, emptyWasm, load, packageDir } from "./support.mjs";

const from = mkdtempSync(join(tmpdir(), "cloud-witness-cli-"));
after(() => rmSync(from, { recursive: true }));

for (const name of ["package.json", "border.js", "core.js", "many.js", "settle.js", "inside.js", "slim.js", "node.js", "cli.js", "cli-registry.js", "cli-text.js"]) {
  cpSync(join(packageDir, name), join(from, name));
}
writeFileSync(join(from, "cloud_witness_bg.wasm"), emptyWasm);
// Answers with the verdict that the evidence names, and shows what it was given in the headline.
writeFileSync(join(from, "cloud_witness.js"), `
export default async () => {};
export const __wbg_reset_state = () => {};
export function verify(evidence, collateral, options) {
  const verdict = new TextDecoder().decode(evidence);
  if (verdict === "trap") throw new WebAssembly.RuntimeError("unreachable");
  if (verdict === "refuse") throw Object.assign(new Error("the policy \\u001b[2J loosens"), { code: "POLICY_LOOSENS" });
  const headline = JSON.stringify({ ...options, collateral: collateral && new TextDecoder().decode(collateral) });
  return JSON.stringify({ verdict, headline, summary: "s", checks: [], identity: null, length: evidence.length });
}
export const generateChallenge = (bytes) =>
  JSON.stringify({ hex: "ab".repeat(bytes), groups: ["abab"], checksum: "1234" });
export const verifierInfo = () =>
  JSON.stringify({ name: "cloud-witness", version: "0.0.0", commit: "unknown", engine: "none" });
export const parseChallenge = () => "{}", sha256 = () => "", parsePolicy = () => "{}", parseAttesters = () => "[]";
`);
for (const [name, content] of Object.entries({
  "evidence.txt": "warning", "collateral.json": "{ }", "policy.json": '{"name":"mine"}', "attesters.json": "[]",
  "latin1.json": Uint8Array.of(0x22, 0xe9, 0x22), "large.json": " ".repeat(1024 * 1024 + 1),
})) {
  writeFileSync(join(from, name), content);
}

const run = (words, input) => cli(words, { from, input, cwd: from });
const verify = (words, input = "warning") => run(["verify", ...words], input);

/** What the wasm was given, as the stand-in shows it. */
function passed(words, input) {
  const { stdout, stderr } = verify([...words, "--json"], input);
  assert.equal(stderr, "");
  return JSON.parse(JSON.parse(stdout).headline);
}

for (const [verdict, status] of [["affirming", 0], ["warning", 10], ["contraindicated", 20], ["none", 30]]) {
  test(`${verdict} ends with ${status}, as text and as JSON`, () => {
    const text = verify(["-"], verdict);
    assert.equal(text.status, status);
    assert.match(text.stdout, /What this cannot prove/);
    const json = verify(["-", "--json"], verdict);
    assert.equal(json.status, status);
    assert.equal(JSON.parse(json.stdout).verdict, verdict);
    assert.equal(text.stderr + json.stderr, "");
  });
}

for (const what of ["trap", "a verdict that does not exist", "toString"]) {
  test(`${what} ends with 70 and prints no report`, () => {
    const { status, stdout, stderr } = verify(["-"], what);
    assert.deepEqual({ status, stdout }, { status: 70, stdout: "" });
    assert.match(stderr, /^cloud-witness: /);
  });
}

test("a package without its wasm ends with 70", () => {
  const broken = mkdtempSync(join(tmpdir(), "cloud-witness-broken-"));
  cpSync(from, broken, { recursive: true });
  rmSync(join(broken, "cloud_witness_bg.wasm"));
  assert.equal(cli(["challenge"], { from: broken }).status, 70);
  rmSync(broken, { recursive: true });
});

const WRONG_USAGE = {
  "no command": [],
  "an unknown command": ["prove"],
  "a command that only objects know": ["toString"],
  "no FILE": ["verify"],
  "two FILEs": ["verify", "evidence.txt", "evidence.txt"],
  "an unknown option": ["verify", "-", "--chalenge", "00"],
  "an option of the other command": ["verify", "-", "--bytes", "8"],
  "an option without its value": ["verify", "-", "--challenge"],
  "an option as another's value": ["verify", "-", "--challenge", "--json"],
  "an option given twice": ["verify", "-", "--challenge", "00", "--challenge", "01"],
  "a file that is not there": ["verify", "no-such-file"],
  "a folder": ["verify", "."],
  "a collateral file that is not there": ["verify", "-", "--collateral", "no-such-file"],
  "a policy file that is not there": ["verify", "-", "--policy", "Ceremony"],
  "a policy file that is no UTF-8": ["verify", "-", "--policy", "latin1.json"],
  "a policy file that is too large": ["verify", "-", "--policy", "large.json"],
  "a list that is not there": ["verify", "-", "--attesters", "no-such-file"],
  "standard input twice": ["verify", "-", "--collateral", "-"],
  "an unknown source": ["verify", "-", "--collateral-from", "intel"],
  "minutes out of range": ["verify", "-", "--challenge-minutes", "1441"],
  "no minutes": ["verify", "-", "--challenge-minutes", "0"],
  "minutes that are no number": ["verify", "-", "--challenge-minutes", "1e1"],
  "minutes in hex": ["verify", "-", "--challenge-minutes", "0x10"],
  "a FILE for challenge": ["challenge", "evidence.txt"],
  "too few bytes": ["challenge", "--bytes", "7"],
  "too many bytes": ["challenge", "--bytes", "65"],
  "bytes that are no number": ["challenge", "--bytes", "3 2"],
};

for (const [what, words] of Object.entries(WRONG_USAGE)) {
  test(`${what} is wrong usage`, () => {
    const { status, stdout, stderr } = run(words);
    assert.deepEqual({ status, stdout }, { status: 2, stdout: "" });
    assert.match(stderr, /^cloud-witness: .*\nRun `cloud-witness --help`/);
  });
}

test("what the wasm refuses is wrong usage, printed without its control characters", () => {
  const { status, stderr } = verify(["-"], "refuse");
  assert.equal(status, 2);
  assert.match(stderr, /the policy \\u\{1b\}\[2J loosens \(POLICY_LOOSENS\)/);
});

const MOMENTS = {
  "2025-06-20T00:00:00Z": 1750377600,
  "2025-06-20T02:30:00+02:30": 1750377600,
  "2025-06-19T23:00:00-01:00": 1750377600,
  "2025-06-20t00:00:00.999z": 1750377600,
  "1970-01-01T00:00:00Z": 0,
  "2024-02-29T23:59:59Z": 1709251199,
};
for (const [text, at] of Object.entries(MOMENTS)) {
  test(`--at ${text} is ${at}, as of then`, () => {
    const options = passed(["-", "--at", text, "--challenge-issued", text]);
    assert.deepEqual(options, { at, time: "as_of", challengeIssuedAt: at });
  });
}

for (const text of [
  "2025-06-20", "2025-06-20T00:00:00", "2025-06-20T00:00Z", "2025-06-20 00:00:00Z", "20250620T000000Z", "1750377600",
  "2025-02-29T00:00:00Z", "2025-13-01T00:00:00Z", "2025-00-01T00:00:00Z", "2025-06-31T00:00:00Z",
  "2025-06-20T24:00:00Z", "2025-06-20T00:60:00Z", "2025-06-20T00:00:60Z", "2025-06-20T00:00:00+24:00",
  "2025-06-20T00:00:00+0200", "2025-06-20T00:00:00 Z", "1969-12-31T23:59:59Z", "now", "",
]) {
  test(`--at ${JSON.stringify(text)} is wrong usage`, () => {
    assert.equal(verify(["-", "--at", text]).status, 2);
  });
}

test("every option reaches the wasm, texts byte for byte", () => {
  const { at, ...options } = passed([
    "evidence.txt", "--challenge", " 48-65 ", "--challenge-minutes", "15", "--sha256", "AB", "--collateral",
    "collateral.json", "--collateral-from", "witness", "--policy", "policy.json", "--attesters", "attesters.json",
  ]);
  assert.ok(Math.abs(at - Date.now() / 1000) < 60);
  assert.deepEqual(options, {
    time: "now", challenge: " 48-65 ", challengeMinutes: 15, sha256: "AB", collateral: "{ }",
    collateralFrom: "witness", policy: '{"name":"mine"}', attesters: "[]",
  });
  assert.equal(passed(["-", "--policy", "strict"]).policy, "strict");
});

test("standard input may be any one FILE", () => {
  assert.equal(passed(["evidence.txt", "--collateral", "-"], "{\r\n}").collateral, "{\r\n}");
  assert.equal(passed(["evidence.txt", "--policy", "-"], "{}").policy, "{}");
});

test("no more of a file is read than one byte past the limit", { skip: process.platform === "win32" }, () => {
  const { status, stdout } = verify(["/dev/zero", "--json"]);
  assert.equal(status, 70, "the stand-in has no verdict for zeros");
  assert.equal(stdout, "");
});

test("help and version end with 0", () => {
  assert.match(run(["--help"]).stdout, /Exit status: 0 affirming/);
  assert.equal(run(["--help"]).status, 0);
  assert.deepEqual(run(["--version"]), {
    status: 0, stdout: "cloud-witness 0.0.0 (commit unknown, none)\n", stderr: "",
  });
});

test("a file or a challenge that is called --help never ends as a good verdict does", () => {
  const help = run(["verify", "--help"]);
  assert.match(help.stdout, /--challenge HEX/);
  assert.equal(help.status, 2);
  for (const words of [["verify-many", "--help"], ["verify", "evidence.txt", "--help"], ["verify", "--challenge", "--help", "evidence.txt"]]) {
    assert.equal(run(words).status, 2, words.join(" "));
  }
  writeFileSync(join(from, "--help"), "contraindicated");
  assert.equal(run(["verify", "--", "--help"]).status, 20);
  assert.equal(run(["verify-many", "--workers", "0", "--", "--help"]).status, 20);
});

test("challenge prints what is read out, and its JSON", () => {
  const text = run(["challenge"]);
  assert.equal(text.status, 0);
  assert.ok(text.stdout.startsWith("ab".repeat(32) + "\n"));
  assert.match(text.stdout, /abab\n.*1234/);
  assert.doesNotMatch(text.stdout, /precomputed/);
  assert.match(run(["challenge", "--bytes", "8"]).stdout, /precomputed/);
  assert.equal(JSON.parse(run(["challenge", "--json", "--bytes", "16"]).stdout).hex.length, 32);
});

// What a hostile file could bring into a Report's texts.
const HOSTILE = "a\u001b[2J\u0007\r\n\u0000\u007f\u009b31m\u202eb\u2066\u200f\u2028\u{e0041}\ud800z";

test("text for a terminal cannot steer it (O27)", async () => {
  const { reportText } = await load("cli-text.js");
  const check = { id: "file.decoded", outcome: "not_given", code: HOSTILE, detail: HOSTILE, advice: HOSTILE, place: HOSTILE };
  const identity = {
    ppid: "811dca2a26b952e85bb6448b097ba4fd", pce_id: HOSTILE, fmspc: HOSTILE, pck_ca: HOSTILE,
    platform_instance_id: null, machine_ids: [{ scheme: "charter", id: HOSTILE }],
  };
  const text = reportText({ verdict: "none", headline: HOSTILE, summary: HOSTILE, checks: [check], identity });
  assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  assert.equal(text.split("\n").length, 16, "a text made a line of its own");
  assert.match(text, /811d ca2a 26b9 52e8 5bb6 448b 097b a4fd/);
  assert.match(text, /not given +file\.decoded/);
});

test("JSON for a terminal cannot steer it, and is the same value (O27)", async () => {
  const { jsonText } = await load("cli-text.js");
  const value = { [HOSTILE]: [HOSTILE, 1.5, null] };
  assert.doesNotMatch(jsonText(value).trimEnd(), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
  assert.deepEqual(JSON.parse(jsonText(value)), value);
});
