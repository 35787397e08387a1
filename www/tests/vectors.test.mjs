// The vectors, driven through the page's own inputs and read back from what it shows.
//
//   CW_VECTORS_DIR      one folder a vector (tests/vectors describes them)
//   CW_SITE_DIR         the page, for vectors under Intel's root
//   CW_FORGED_SITE_DIR  the same page over the test-only wasm, for vectors under the forged root

import assert from "node:assert/strict";
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

for (const root of new Set(cases.map((one) => one.root))) {
  test(`vectors under the ${root} root`, async (t) => {
    assert.ok(SITES[root] !== undefined, `no site for the ${root} root: set CW_FORGED_SITE_DIR`);
    const site = await serve(SITES[root]);
    const [whole, bare] = await Promise.all([open(browser, site.url), open(browser, site.url, {}, { prepare: withoutCollateral })]);
    for (const one of cases.filter((vector) => vector.root === root)) {
      await t.test(one.name, async (t) => {
        const reason = beyondThePage(one);
        if (reason !== null) return t.skip(reason);
        const { page, seen } = isPieceAlone(one) ? bare : whole;
        // By key: the Report of the case before may still be scrolling under a pointer.
        await page.getByRole("button", { name: "Clear" }).press("Enter");
        await fillIn(page, one);
        const report = await verify(page);
        const rows = Object.fromEntries(report.rows.map(({ id, ...row }) => [id, row]));
        const wanted = Object.keys(one.expect.rows ?? {});
        assert.deepEqual(
          { verdict: report.verdict, rows: Object.fromEntries(wanted.map((id) => [id, rows[id]])) },
          { verdict: one.expect.verdict, rows: one.expect.rows ?? {} },
        );
        if ("ppid" in one.expect) assert.equal(report.ppid, one.expect.ppid);
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

/** What a request can say that a form cannot; null when there is nothing of the kind. */
function beyondThePage({ request }) {
  for (const key of Object.keys(request)) assert.ok(REQUEST_KEYS.has(key), `this runner does not know ${key}`);
  if (request.challenge === "" || request.sha256 === "") return "an empty field is one that was not given";
  if (request.at !== undefined && !(request.at >= 0 && request.at < 253402300800)) return "a date field ends with the year 9999";
  return null;
}
