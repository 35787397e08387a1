// The command line over the real wasm and the real quotes that the engine's crate ships.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { cli, load } from "./support.mjs";

const samples = process.env.DCAP_QVL_SAMPLES;
assert.ok(samples, "DCAP_QVL_SAMPLES is not set; run this by `cargo xtask test`");

const folder = mkdtempSync(join(tmpdir(), "cloud-witness-samples-"));
after(() => rmSync(folder, { recursive: true }));

const AS_OF = ["--at", "2025-06-20T00:00:00Z", "--json"];
const HELLO_WORLD = "48656c6c6f2c20776f726c6421";
const collateralOf = (name) => ["--collateral", join(samples, `${name}_collateral.json`)];

function verify(file, ...options) {
  const { status, stdout, stderr } = cli(["verify", file, ...AS_OF, ...options]);
  assert.equal(stderr, "");
  const report = JSON.parse(stdout);
  assert.equal(report.checks.length, 17);
  return { status, report, row: (id) => report.checks.find((check) => check.id === id) };
}

test("the SGX sample answers its challenge: 10", () => {
  const { status, report, row } = verify(
    join(samples, "sgx_quote"), ...collateralOf("sgx_quote"), "--challenge", HELLO_WORLD);
  assert.equal(status, 10);
  assert.equal(report.verdict, "warning");
  assert.equal(report.identity.ppid, "d04ec06d4e6d92dc90d0ad3cf5ee2ddf");
  assert.equal(row("quote.signature").outcome, "pass");
  assert.match(report.headline, /^Warning, as of /);
});

test("with one digit of the challenge changed: 20, in the row `challenge`", () => {
  const { status, row } = verify(
    join(samples, "sgx_quote"), ...collateralOf("sgx_quote"), "--challenge", `5${HELLO_WORLD.slice(1)}`);
  assert.equal(status, 20);
  assert.equal(row("challenge").outcome, "fail");
});

test("the TDX sample: 10", () => {
  const { status, report } = verify(join(samples, "tdx_quote"), ...collateralOf("tdx_quote"));
  assert.equal(status, 10);
  assert.equal(report.identity.ppid, "811dca2a26b952e85bb6448b097ba4fd");
});

test("the TDX sample with the SGX sample's collateral: 30", () => {
  const { status, report, row } = verify(join(samples, "tdx_quote"), ...collateralOf("sgx_quote"));
  assert.equal(status, 30);
  assert.equal(row("collateral.found").outcome, "fail");
  assert.equal(report.identity, null);
});

test("without collateral: 30", () => {
  assert.equal(verify(join(samples, "sgx_quote")).status, 30);
});

test("the SGX sample cut at 4,000 bytes: 20", () => {
  const cut = join(folder, "cut");
  writeFileSync(cut, readFileSync(join(samples, "sgx_quote")).subarray(0, 4000));
  const { status, row } = verify(cut, ...collateralOf("sgx_quote"));
  assert.equal(status, 20);
  assert.equal(row("quote.structure").outcome, "fail");
});

test("300 KB are refused by their size: 30", () => {
  const large = join(folder, "large");
  writeFileSync(large, "a".repeat(300_000));
  const { status, row } = verify(large);
  assert.equal(status, 30);
  assert.equal(row("file.decoded").code, "INPUT_TOO_LARGE");
});

test("a policy that says nothing known is wrong usage", () => {
  const policy = join(folder, "policy.json");
  writeFileSync(policy, '{"no_such_rule": true}');
  const { status, stdout } = cli(["verify", join(samples, "sgx_quote"), "--policy", policy]);
  assert.deepEqual({ status, stdout }, { status: 2, stdout: "" });
});

test("the Report as text names the verdict, every row and the machine", () => {
  const { status, stdout } = cli([
    "verify", join(samples, "sgx_quote"), ...collateralOf("sgx_quote"), "--at", "2025-06-20T00:00:00Z",
  ]);
  assert.equal(status, 10);
  assert.match(stdout, /^Warning, as of /);
  assert.match(stdout, /d04e c06d 4e6d 92dc 90d0 ad3c f5ee 2ddf/);
  assert.match(stdout, /not given +registry/);
  assert.match(stdout, /What this cannot prove: /);
});

test("a forged ceremony with everything right, under the forge's root: 0; under Intel's: 20", () => {
  const { CW_VECTORS_DIR: vectors, CW_FORGED_PKG_DIR: from } = process.env;
  assert.ok(vectors && from, "run this by `cargo xtask test`");
  const file = (name) => join(vectors, "001-affirming-as-of", name);
  const { request } = JSON.parse(readFileSync(file("case.json"), "utf8"));
  const rfc3339 = (seconds) => new Date(seconds * 1000).toISOString();
  const words = [
    "verify", file("evidence.bin"), "--collateral", file("collateral.json"), "--collateral-from", "site",
    "--attesters", file("attesters.json"), "--challenge", request.challenge, "--sha256", request.sha256,
    "--challenge-issued", rfc3339(request.challengeIssuedAt), "--at", rfc3339(request.at),
  ];
  const forged = cli(words, { from });
  assert.equal(forged.status, 0, forged.stdout);
  assert.match(forged.stdout, /^Affirming, as of /);
  assert.equal(cli(words).status, 20);
});

/** What a file could try: markup, the direction of writing, a terminal's own commands, and one line of 64 KiB. */
const HOSTILE = {
  markup: "<img src=//off.example/x onerror=alert(1)><script>alert(1)</script>",
  bidi: "a\u202eb\u2066c\u200fd",
  escapes: "\u001b[2J\u001b]0;owned\u0007\u009b31m\r\b",
  "a line of 64 KiB": "x\u001b".repeat(32 * 1024),
};
for (const [what, text] of Object.entries(HOSTILE)) {
  test(`${what} in files and their names neither steers nor floods the terminal (O27)`, () => {
    const put = (name, content) => {
      const path = join(folder, `${name}${text.slice(0, 60).replaceAll("/", "_")}.txt`);
      writeFileSync(path, content);
      return path;
    };
    const quote = readFileSync(join(samples, "sgx_quote")).toString("hex");
    const files = {
      "an attester's output": put("lines", `RAW Quote: ${quote}\n${text}\n\tisv_svn = ${text}\n`),
      "no quote": put("junk", text),
      "a quote's line": put("quote", `RAW Quote: ${text}`),
      JSON: put("json", JSON.stringify({ [text]: text, quote: text })),
    };
    const given = put("given", JSON.stringify({ [text]: text, tcb_info: text, payload: text }));
    const runs = [
      ...Object.values(files).map((file) => ["verify", file, ...collateralOf("sgx_quote")]),
      ["verify-many", ...Object.values(files), "--workers", "0"],
      ["verify", join(samples, "sgx_quote"), "--collateral", given],
      ["verify", join(samples, "sgx_quote"), "--policy", given],
      ["verify", join(samples, "sgx_quote"), "--attesters", given],
      ["verify", join(samples, "sgx_quote"), "--challenge", text.slice(0, 1000)],
      ["verify", join(folder, `missing${text.slice(0, 60)}`)],
      ["ceremony", "verify", given],
      ["ceremony", "verify", given, "--signers", given],
    ];
    for (const words of runs) {
      const { status, stdout, stderr } = cli(words);
      assert.ok([0, 2, 10, 20, 30].includes(status), `${status} ${stderr}`);
      const shown = stdout + stderr;
      assert.doesNotMatch(shown.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u, words.join(" "));
      assert.ok(shown.split("\n").every((line) => line.length < 4000), `${words[0]}: a line of ${Math.max(...shown.split("\n").map((line) => line.length))}`);
    }
  });
}

test("evidence is read without being verified: fields, and no word on who made them", async () => {
  const api = await load("node.js");
  await api.init();
  const read = await api.decodeEvidence(readFileSync(join(samples, "sgx_quote")));
  assert.deepEqual(Object.keys(read), ["decoded", "evidence", "quote", "checks"]);
  assert.equal(read.decoded, true);
  assert.equal(read.evidence.form, "raw");
  assert.equal(read.quote.report_data, HELLO_WORLD.padEnd(128, "0"));
  assert.deepEqual(read.checks.map(({ id, outcome }) => `${id} ${outcome}`), ["file.decoded pass", "file.consistent not_given", "quote.structure pass"]);

  const none = await api.decodeEvidence("hello");
  assert.deepEqual(Object.keys(none), ["decoded", "checks"]);
  assert.equal(none.decoded, false);
  assert.equal(none.checks[0].code, "INPUT_NOT_A_QUOTE");

  const cut = await api.decodeEvidence(readFileSync(join(samples, "sgx_quote")).subarray(0, 600));
  assert.equal(cut.decoded, true);
  assert.equal(cut.quote, null);
  assert.equal(cut.checks[2].outcome, "fail");
  await assert.rejects(api.decodeEvidence(5), { name: "TypeError", code: "INVALID_ARGUMENT", argument: "evidence" });
});
