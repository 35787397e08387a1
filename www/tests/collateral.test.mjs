// This site's collateral: one bundle for every machine, read once; and files of one's own laid over it.
//
//   CLOUD_WITNESS_CORPUS  real quotes of many kinds of machines, where they are at hand

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { vector } from "./fill-in.mjs";
import { assertQuiet, goTo, open, ready, setUp, SITE, verify } from "./harness.mjs";

const held = setUp();
const CORPUS = process.env.CLOUD_WITNESS_CORPUS;

/** A moment at which the bundled pieces for the machine of 906-real-tdx15ex hold, and one, later than any build, at which they don't. */
const THEN = "2026-10-15 12:00:00";
const LATER = Date.UTC(2036, 11, 1);

const json = (name, value) => ({ name, mimeType: "application/json", buffer: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) });
const row = (page, id) => page.locator(`[data-check='${id}']`);
const siteBundle = async () => JSON.parse(await readFile(join(SITE, "collateral.json"), "utf8"));

async function withQuote(page) {
  const { folder } = await vector("real-tdx15ex");
  await page.locator("#field-evidence").setInputFiles(join(folder, "evidence.bin"));
}

async function asOf(page, moment) {
  if (!(await page.locator("#time-as_of").isVisible())) await page.locator(".settings > summary").click();
  await page.locator("#time-as_of").click();
  await page.locator("#field-asOf").fill(moment);
}

test("a machine is looked up in this site's bundle", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url);
  await withQuote(page);
  await asOf(page, THEN);
  assert.equal((await verify(page)).verdict, "warning");
  assert.equal(await row(page, "collateral.found").getAttribute("data-outcome"), "pass");
  assert.ok(await page.getByText("this site", { exact: true }).first().isVisible());
  assertQuiet(seen);
  await close();
});

test("expired collateral gives no verdict about now, and one about its own time is one click away", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url);
  await page.clock.setFixedTime(LATER);
  await withQuote(page);
  assert.equal((await verify(page)).verdict, "none");
  await page.getByText("Part of it has expired").waitFor();
  await page.getByRole("button", { name: /^Check as of 2026-11-0/ }).click();
  await page.locator("[data-verdict=warning][data-time=as_of]").waitFor();
  assertQuiet(seen);
  await close();
});

test("one answer of Intel's service, as a file of one's own, is laid over this site's bundle", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url);
  const bundle = await siteBundle();
  const { body, signature } = bundle.tcb_infos.find(({ fmspc }) => fmspc === "b0c06f000000");
  await withQuote(page);
  await asOf(page, THEN);
  await page.locator("#collateral-own").click();
  await page.locator("#field-collateral").setInputFiles(json("tcb.json", `{"tcbInfo":${body},"signature":"${signature}"}`));
  await page.locator(".document-name", { hasText: "tcb.json" }).waitFor();
  assert.equal((await verify(page)).verdict, "warning");
  assert.equal(await row(page, "collateral.found").getAttribute("data-code"), "COLLATERAL_FROM_APPLICANT");
  await page.locator("#field-collateralFrom").selectOption("witness");
  assert.equal((await verify(page)).verdict, "warning");
  assert.equal(await row(page, "collateral.found").getAttribute("data-outcome"), "pass");
  // The same with a byte of the body changed.
  await page.locator("#field-collateral").setInputFiles(json("changed.json", `{"tcbInfo":${body.replace('"tcbType":0', '"tcbType": 0')},"signature":"${signature}"}`));
  await page.locator(".document-name", { hasText: "changed.json" }).waitFor();
  assert.equal((await verify(page)).verdict, "none");
  assert.equal(await row(page, "collateral.genuine").getAttribute("data-outcome"), "fail");
  assertQuiet(seen);
  await close();
});

test("a bundle of one's own is taken, and a file that is none is named", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url);
  await withQuote(page);
  await asOf(page, THEN);
  await page.locator("#collateral-own").click();
  await page.locator("#field-collateral").setInputFiles(json("bundle.json", await siteBundle()));
  await page.locator(".document-name", { hasText: "bundle.json" }).waitFor();
  assert.equal((await verify(page)).verdict, "warning");
  await page.locator("#field-collateral").setInputFiles(json("notes.json", { notes: 1 }));
  await page.locator(".document-name", { hasText: "notes.json" }).waitFor();
  assert.equal((await verify(page)).verdict, "none");
  assert.equal(await row(page, "collateral.found").getAttribute("data-code"), "COLLATERAL_UNREADABLE");
  assertQuiet(seen);
  await close();
});

for (const [what, answer] of [["lacks", { status: 404 }], ["holds no bundle", { status: 200, body: "{}" }]]) {
  test(`a site that ${what} says so, and then nothing is decided`, async () => {
    const context = await held.browser.newContext();
    const page = await context.newPage();
    await page.route("**/collateral.json", (route) => route.fulfill(answer));
    await page.goto(`${held.site.url}#/check`);
    await ready(page);
    await page.getByText("This site has none").waitFor();
    await withQuote(page);
    assert.equal((await verify(page)).verdict, "none");
    assert.equal(await row(page, "collateral.found").getAttribute("data-code"), "COLLATERAL_MISSING");
    await context.close();
  });
}

test("the collateral's view finds an FMSPC, and names what has expired", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "check" });
  await page.clock.setFixedTime(LATER);
  await goTo(page, "Collateral");
  const rows = page.locator("section[aria-labelledby=tcb-infos-title] tbody tr");
  assert.equal(await rows.count(), (await siteBundle()).tcb_infos.length);
  await page.locator("#field-fmspc").fill("B0C0 6F");
  assert.equal(await rows.count(), 1);
  assert.match(await rows.first().textContent(), /TDX b0c06f000000.*expired/);
  assertQuiet(seen);
  await close();
});

const cases = CORPUS === undefined ? [] : await kinds();

test("ten quotes of ten kinds of machines: one bundle, read once, and no request after loading", { skip: cases.length < 10 && "CLOUD_WITNESS_CORPUS is not set" }, async () => {
  const context = await held.browser.newContext();
  const page = await context.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.addInitScript(() => {
    window.posted = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (call) {
      window.posted.push(call.name);
      return post.call(this, call);
    };
  });
  await page.route("**/collateral.json", (route) => route.fulfill({ contentType: "application/json", body: JSON.stringify(bundleOf(cases)) }));
  await page.goto(`${held.site.url}#/check`);
  await ready(page);
  await page.waitForLoadState("networkidle");
  const loaded = requests.length;
  assert.equal(requests.filter((url) => url.endsWith("collateral.json")).length, 1);
  for (const { folder, fmspc, at } of cases.slice(0, 10)) {
    await page.locator("#field-evidence").setInputFiles(join(folder, "quote.bin"));
    await asOf(page, new Date(at * 1000).toISOString());
    await verify(page);
    assert.equal(await row(page, "collateral.found").getAttribute("data-outcome"), "pass", fmspc);
  }
  assert.deepEqual(requests.slice(loaded), []);
  assert.equal((await page.evaluate(() => window.posted)).filter((name) => name === "useBundle").length, 1);
  await context.close();
});

/** One genuine case with collateral for each FMSPC and TEE. */
async function kinds() {
  const folders = (await readdir(join(CORPUS, "quotes"))).map((name) => join(CORPUS, "quotes", name));
  const found = new Map();
  for (const folder of folders.sort()) {
    const { cls, fmspc, at } = JSON.parse(await readFile(join(folder, "case.json"), "utf8"));
    const file = join(folder, "collateral.json");
    if (cls !== "genuine" || !existsSync(file)) continue;
    const collateral = JSON.parse(await readFile(file, "utf8"));
    const { id, version } = JSON.parse(collateral.tcb_info);
    if (version === 3 && !found.has(`${id} ${fmspc}`)) found.set(`${id} ${fmspc}`, { folder, fmspc, at, collateral });
  }
  return [...found.values()];
}

/** A bundle of all their pieces (docs/collateral.md). Of lists and quoting enclaves each kind's first one counts. */
function bundleOf(all) {
  const chains = [...new Set(all.flatMap(({ collateral: one }) => [one.pck_crl_issuer_chain, one.tcb_info_issuer_chain, one.qe_identity_issuer_chain]))];
  const bundle = {
    schema: 1, kind: "cloud-witness collateral bundle", fetched_at: 1_700_000_000, from: "made for a test", chains,
    root_ca_crl: all[0].collateral.root_ca_crl, pck_crls: { processor: null, platform: null }, tcb_infos: [], qe_identities: [],
  };
  for (const { collateral: one } of all) {
    const tcbInfo = JSON.parse(one.tcb_info);
    const tee = tcbInfo.id === "TDX" ? "tdx" : "sgx";
    const ca = Buffer.from(one.pck_crl, "hex").includes("Processor CA") ? "processor" : "platform";
    bundle.pck_crls[ca] ??= { crl: one.pck_crl, chain: chains.indexOf(one.pck_crl_issuer_chain) };
    bundle.tcb_infos.push({ tee, fmspc: tcbInfo.fmspc.toLowerCase(), body: one.tcb_info, signature: one.tcb_info_signature, chain: chains.indexOf(one.tcb_info_issuer_chain) });
    if (!bundle.qe_identities.some((identity) => identity.tee === tee)) {
      bundle.qe_identities.push({ tee, body: one.qe_identity, signature: one.qe_identity_signature, chain: chains.indexOf(one.qe_identity_issuer_chain) });
    }
  }
  return bundle;
}
