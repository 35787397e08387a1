// The vectors in the browser: every one through the page's own worker; and through the page's own inputs, read back from what
// it shows, so many that each outcome of each row and each kind of input is among them.
//
//   CW_VECTORS_DIR      one folder a vector (tests/vectors describes them)
//   CW_SITE_DIR         the page, for vectors under Intel's root
//   CW_FORGED_SITE_DIR  the same page over the test-only wasm, for vectors under the forged root

import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fillIn } from "./fill-in.mjs";
import { assertQuiet, launch, open, serve, SITE, verify } from "./harness.mjs";

const VECTORS = process.env.CW_VECTORS_DIR;
const SITES = { production: SITE, forged: process.env.CW_FORGED_SITE_DIR };

const REQUEST_KEYS = new Set(["challenge", "challengeIssuedAt", "challengeMinutes", "sha256", "at", "time", "collateralFrom", "policy"]);

const folders = VECTORS === undefined ? [] : (await readdir(VECTORS, { withFileTypes: true }))
  .filter((entry) => entry.isDirectory() && /^\d+-/.test(entry.name))
  .map((entry) => join(VECTORS, entry.name))
  .sort();
const cases = await Promise.all(folders.map(async (folder) => ({ folder, ...JSON.parse(await readFile(join(folder, "case.json"), "utf8")) })));
const roots = [...new Set(cases.map((one) => one.root))];

if (VECTORS === undefined) {
  test("vectors", { skip: "CW_VECTORS_DIR is not set" }, () => {});
} else {
  test("there are vectors", () => assert.ok(cases.length > 0, `no vector in ${VECTORS}`));
}

let browser;

before(async () => {
  if (cases.length > 0) browser = await launch();
});

after(() => browser?.close());

for (const root of roots) {
  test(`every vector under the ${root} root, through the page's own worker`, async (t) => {
    assert.ok(SITES[root] !== undefined, `no site for the ${root} root: set CW_FORGED_SITE_DIR`);
    const site = await serve(SITES[root]);
    const { page, seen, close } = await open(browser, site.url, {}, { prepare: keepTheWorker });
    assert.ok(await page.evaluate(() => window.pagesWorker instanceof Worker), "the page has started a worker");
    for (const one of cases.filter((vector) => vector.root === root)) {
      await t.test(one.name, async () => {
        const report = await page.evaluate(inTheWorker, await given(one));
        const rows = Object.fromEntries(report.checks.map(({ id, outcome, code }) => [id, { outcome, code: code ?? null }]));
        assert.deepEqual({ verdict: report.verdict, rows, ppid: report.identity?.ppid ?? null }, wanted(one));
        assert.equal(report.checks.length, 17);
        assertQuiet(seen);
      });
    }
    await close();
    await site.close();
  });
}

/** The worker that the page starts is kept, and its answers to us by their ids: the page does not know these. */
function keepTheWorker() {
  const post = Worker.prototype.postMessage;
  const waiting = new Map();
  Worker.prototype.postMessage = function (...message) {
    if (window.pagesWorker === undefined) {
      window.pagesWorker = this;
      this.addEventListener("message", ({ data }) => {
        const { resolve, reject } = waiting.get(data.id) ?? {};
        waiting.delete(data.id);
        if ("fault" in data) reject?.(new Error(`${data.fault.code}: ${data.fault.message}`));
        else resolve?.(data.value);
      });
    }
    return post.apply(this, message);
  };
  window.callTheWorker = (name, ...values) => new Promise((resolve, reject) => {
    const id = crypto.randomUUID();
    waiting.set(id, { resolve, reject });
    window.pagesWorker.postMessage({ id, name, values });
  });
}

/** A vector as the page's own code asks its worker; binary comes in base64. */
async function inTheWorker({ request, evidence, lists }) {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  for (const [name, files] of Object.entries(lists)) {
    await window.callTheWorker("useMachines", name, files.length === 0 ? null : files.map(bytes));
  }
  return window.callTheWorker("appraise", { ...request, evidence: bytes(evidence) }, "own");
}

async function given({ folder, request }) {
  const file = (name) => readFile(join(folder, name));
  const texts = {};
  for (const name of ["collateral", "attesters"]) {
    if (existsSync(join(folder, `${name}.json`))) texts[name] = (await file(`${name}.json`)).toString();
  }
  const list = (prefix) => Promise.all(listFiles(folder, prefix).map(async (name) => (await file(name)).toString("base64")));
  return {
    request: { ...request, ...texts },
    evidence: (await file("evidence.bin")).toString("base64"),
    lists: { known: await list("registry"), revoked: await list("revoked") },
  };
}

function listFiles(folder, prefix) {
  return readdirSync(folder).filter((name) => name.startsWith(`${prefix}-`)).sort();
}

function wanted({ expect: { verdict, rows, ppid } }) {
  return { verdict, rows, ppid: ppid ?? null };
}

/** What the page's source has in quotes, so that it may draw a code in a way of its own. */
const codesOfThePage = new Set((await textOf(new URL("../src/", import.meta.url))).match(/"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+"/g)?.map((quoted) => quoted.slice(1, -1)));

async function textOf(folder) {
  const names = (await readdir(folder, { recursive: true })).filter((name) => /\.tsx?$/.test(name));
  return (await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")))).join("\n");
}

/** What a vector tries of the page: each outcome of each row, each kind of input, each shape of an answer. */
function features({ folder, root, request, expect }) {
  const found = new Set([`root ${root}`, `verdict ${expect.verdict}, ${request.time}`, `ppid ${expect.ppid === null ? "none" : "shown"}`]);
  for (const [id, { outcome, code }] of Object.entries(expect.rows)) {
    found.add(`row ${id} ${outcome}, ${expect.verdict}`);
    if (codesOfThePage.has(code)) found.add(`code ${code}`);
  }
  for (const key of REQUEST_KEYS) found.add(`${key} ${request[key] === undefined ? "not given" : "given"}`);
  for (const key of ["time", "collateralFrom", "challengeMinutes"]) found.add(`${key} ${request[key]}`);
  found.add(`policy ${request.policy?.startsWith("{") ? "of its own" : request.policy}`);
  for (const name of ["collateral.json", "attesters.json"]) found.add(`${name} ${existsSync(join(folder, name))}`);
  for (const prefix of ["registry", "revoked"]) found.add(`${prefix} in ${Math.min(2, listFiles(folder, prefix).length)}`);
  return found;
}

/** As few as have every feature that any of them has: again and again the one with the most that are still lacking. */
function chosen(all) {
  const of = new Map(all.map((one) => [one, features(one)]));
  const lacking = new Set([...of.values()].flatMap((each) => [...each]));
  const picked = [];
  while (lacking.size > 0) {
    const news = (one) => [...of.get(one)].filter((feature) => lacking.has(feature)).length;
    const next = all.reduce((best, one) => (news(one) > news(best) ? one : best));
    for (const feature of of.get(next)) lacking.delete(feature);
    picked.push(next);
  }
  return picked.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const forTheForm = cases.filter((one) => !isBeyondThePage(one));
const throughTheForm = chosen(forTheForm);

if (cases.length > 0) {
  test("among those through the form is every outcome that a row can have in any vector", () => {
    const pairs = (all) => new Set(all.flatMap(({ expect }) => Object.entries(expect.rows).map(([id, { outcome }]) => `${id} ${outcome}`)));
    assert.deepEqual([...pairs(cases)].filter((pair) => !pairs(throughTheForm).has(pair)), []);
    assert.ok(throughTheForm.length >= 25, `${throughTheForm.length} vectors through the form`);
  });
}

for (const root of roots) {
  test(`vectors under the ${root} root, through the form`, async (t) => {
    const site = await serve(SITES[root]);
    const [whole, bare] = await Promise.all([open(browser, site.url), open(browser, site.url, {}, { prepare: withoutCollateral })]);
    for (const one of throughTheForm.filter((vector) => vector.root === root)) {
      await t.test(one.name, async () => {
        const { page, seen } = isPieceAlone(one) ? bare : whole;
        // By key: the Report of the case before may still be scrolling under a pointer.
        await page.getByRole("button", { name: "Clear" }).press("Enter");
        await fillIn(page, one);
        const report = await verify(page);
        const rows = Object.fromEntries(report.rows.map(({ id, ...row }) => [id, row]));
        assert.deepEqual({ verdict: report.verdict, rows, ppid: report.ppid }, wanted(one));
        assert.equal(report.rows.length, 17);
        assertQuiet(seen);
      });
    }
    await Promise.all([whole.close(), bare.close()]);
    await site.close();
  });
}

/** The page lays a single piece over its site's bundle; by itself a piece is given where the site has none. */
function isPieceAlone({ expect }) {
  return Object.values(expect.rows ?? {}).some(({ code }) => code === "COLLATERAL_PIECE_ALONE");
}

/** As on a site that serves no collateral. */
function withoutCollateral() {
  const ask = window.fetch;
  window.fetch = (url, ...rest) => (String(url).endsWith("/collateral.json") ? Promise.resolve(new Response(null, { status: 404 })) : ask(url, ...rest));
}

/** Whether a request says what a form cannot: an empty field is one that was not given, a date field ends with the year 9999. */
function isBeyondThePage({ request }) {
  for (const key of Object.keys(request)) assert.ok(REQUEST_KEYS.has(key), `this runner does not know ${key}`);
  return request.challenge === "" || request.sha256 === "" || (request.at !== undefined && !(request.at >= 0 && request.at < 253402300800));
}
