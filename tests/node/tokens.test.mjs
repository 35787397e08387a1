// Trust tokens through the npm package and its command line: the vectors of an independent JWT library, and what the
// library says of the good ones itself.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { compactVerify } from "jose";

import { cli, load, root } from "./support.mjs";

const api = await load("node.js");
await api.init();

const samples = process.env.DCAP_QVL_SAMPLES;
const { keys, alliance, vectors } = JSON.parse(readFileSync(join(root, "tests/tokens/vectors.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "cloud-witness-tokens-"));
after(() => rmSync(folder, { recursive: true }));

const text = ({ token, repeat }) => (repeat === undefined ? token : repeat.of.repeat(Math.ceil(repeat.until / repeat.of.length)).slice(0, repeat.until));
const named = (name) => vectors.find((vector) => vector.name === name);

/** The quote that a vector names, and its collateral. */
function quoteOf(name) {
  const sample = (of) => new Uint8Array(readFileSync(join(samples, of)));
  const of = name === "sgx_quote" ? name : "tdx_quote";
  const collateral = name === "tdx_quote without collateral" ? {} : { collateral: readFileSync(join(samples, `${of}_collateral.json`), "utf8"), collateralFrom: "site" };
  if (name === "my notes") return { quote: name, ...collateral };
  const quote = sample(of);
  if (name === "tdx_quote damaged") quote[700] ^= 1;
  return { quote: name === "tdx_quote+zeros" ? new Uint8Array([...quote, ...new Uint8Array(100)]) : quote, ...collateral };
}

const requestOf = (vector) => ({
  token: text(vector),
  at: vector.at,
  ...(vector.keys ? { keys } : {}),
  alliance: JSON.stringify(alliance[vector.alliance]),
  ...(vector.quote === null ? {} : quoteOf(vector.quote)),
});
const codesOf = (report) => report.checks.flatMap(({ findings }) => findings.map(({ code }) => code));

test(`all ${vectors.length} tokens of an independent library give in Node what they give in Rust`, async () => {
  for (const vector of vectors) {
    const report = await api.verifyToken(requestOf(vector));
    assert.deepEqual([report.verdict, codesOf(report)], [vector.verdict, vector.codes], vector.name);
    assert.equal(report.checks.length, 9);
  }
});

test("the vectors are what their maker makes", async () => {
  const { made } = await import("../tokens/make.mjs");
  assert.equal(made, readFileSync(join(root, "tests/tokens/vectors.json"), "utf8"));
});

test("jose itself verifies what passes here, and refuses what is forged", async () => {
  const pem = JSON.parse(keys);
  const keyOf = (kid) => {
    if (Object.hasOwn(pem, kid)) return createPublicKey(pem[kid].replaceAll("\\n", "\n"));
    return createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(kid, "hex").toString("base64url") }, format: "jwk" });
  };
  const verifies = (vector) => compactVerify(text(vector).trim(), ({ kid }) => keyOf(kid), { algorithms: ["RS256", "EdDSA", "Ed25519"] }).then(() => true, () => false);
  for (const vector of vectors) {
    const report = await api.verifyToken(requestOf(vector));
    if (report.token?.signed === true) assert.ok(await verifies(vector), vector.name);
    if (vector.codes[0] === "TOKEN_SIGNATURE_REFUSED") assert.ok(!(await verifies(vector)), vector.name);
  }
});

test("what is no request, or no list of keys, is a named error", async () => {
  const token = text(named("eddsa-by-the-alliances-key"));
  for (const [request, argument] of [
    [{}, "token"], [{ token: 7 }, "token"], [{ token, kids: "" }, "kids"], [{ token, keys: {} }, "keys"],
    [{ token, collateral: "{}" }, "quote"], [{ token, at: 1n }, "at"], [{ token, time: "as_of" }, "at"],
  ]) {
    await assert.rejects(api.verifyToken(request), { code: "INVALID_ARGUMENT", argument });
  }
  for (const [lists, code] of [
    [{ keys: "{" }, "KEYS_UNREADABLE"], [{ keys: '{"a":"x","a":"y"}' }, "KEYS_TWICE"], [{ keys: '{"keys":[]}' }, "KEYS_UNREADABLE"],
    [{ alliance: '[{"kid":"ab","source":"s"}]' }, "KEYS_KEY"],
  ]) {
    await assert.rejects(api.verifyToken({ token, ...lists }), { code });
  }
});

test("without another list only the alliance's own key counts", async () => {
  const report = await api.verifyToken({ token: text(named("eddsa-by-the-alliances-key")), at: 1_750_377_600 });
  assert.deepEqual(codesOf(report), ["TOKEN_KID_UNKNOWN"]);
});

test("the command line says the same, with the verdict as its status, and steers no terminal", async () => {
  const file = (name, content) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const keysFile = file("keys.json", keys);
  const listFile = file("alliance.json", JSON.stringify(alliance.open));
  const run = (vector, ...more) =>
    cli(["token", "check", file("token.jwt", text(named(vector))), "--keys", keysFile, "--alliance", listFile, "--at", "2025-06-20T00:00:00Z", ...more]);
  const good = run("rs256-with-its-quote", "--quote", join(samples, "tdx_quote"), "--collateral", join(samples, "tdx_quote_collateral.json"), "--collateral-from", "site");
  assert.equal(good.status, 10, good.stderr);
  assert.match(good.stdout, /pass +machine +The token names the machine that made this quote, by the scheme ppid/);
  assert.match(good.stdout, /label +"Example Compute, hall 4"/);
  assert.match(good.stdout, /also: The token answers no challenge/);
  assert.equal(run("alg-none").status, 20);
  assert.equal(run("kid-unknown").status, 30);
  const json = JSON.parse(run("alg-none", "--json").stdout);
  assert.equal(json.checks[1].code, "TOKEN_ALG_NONE");
  assert.ok(!run("label-that-turns-the-writing-around").stdout.includes("\u202e"));
  assert.equal(cli(["token", "check"]).status, 2);
  assert.equal(run("alg-none", "--collateral", keysFile).status, 2);
});
