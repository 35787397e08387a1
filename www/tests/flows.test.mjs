// Every flow of the page in one browser, and what it asked the network for: nothing once it is loaded, save where asking
// is what was clicked. Three see it: the browser's protocol (Playwright's requests are its Network events, of the page and
// of its workers), the host, and the log of the browser's network stack, which holds the service worker's requests too.

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { addAddresses, addHeartbeat, check, heartbeatLog, MACHINE } from "./colocated.mjs";
import { assertQuiet, goTo, launch, loadSample, offlineStatus, open, sample, serve, SITE, verify } from "./harness.mjs";
import { hold, opened, receive, SAMPLE_CEREMONY, save, sign } from "./hold.mjs";
import { keyboardOf } from "./keyboard.mjs";
import { addBuild, BUILD } from "./states.mjs";

/** The OpenSSH line of a key that somebody else has. */
function keyLine() {
  const point = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const string = (bytes) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([string(Buffer.from("ssh-ed25519")), string(point)]).toString("base64")}`;
}

/** In order; each goes on where the one before it ended. `asks`: what the flow is there to ask this site for. */
const FLOWS = [
  ["challenge", async ({ page }) => {
    await goTo(page, "Challenge");
    await page.getByRole("button", { name: "Make a challenge" }).click();
    await page.locator(".digits").waitFor();
  }],
  ["check", async ({ page }) => {
    await goTo(page, "Check");
    await loadSample(page);
    assert.equal((await verify(page)).verdict, "warning");
  }],
  ["many files", async ({ page }) => {
    await page.evaluate(() => (location.hash = "#/many"));
    await page.locator("#field-many").setInputFiles(["sgx_quote", "tdx_quote"].map((name) => join(process.env.DCAP_QVL_SAMPLES, name)));
    await page.getByText("Done: 2 of 2").waitFor();
  }],
  ["collateral", async ({ page }) => {
    await goTo(page, "Collateral");
    await page.locator("tbody tr").first().waitFor();
  }],
  ["attesters", async ({ page }) => {
    await goTo(page, "Attesters");
    await addBuild(page, BUILD);
  }],
  ["keys", async (recorder) => {
    await goTo(recorder.page, "Keys");
    await recorder.keyboard.act("Make a key");
    recorder.key = (await recorder.page.locator(".key-line").textContent()).trim();
  }],
  ["ceremony", async (recorder) => {
    await hold(recorder, [{ key: keyLine() }, { key: keyLine() }], SAMPLE_CEREMONY);
  }],
  ["record", async (recorder) => {
    await sign(recorder);
    const file = await save(recorder);
    await recorder.keyboard.act("Close and open another");
    await receive(recorder, file);
    assert.equal((await opened(recorder.page)).verdict, "none", "the others have not signed yet");
  }],
  ["colocation", async ({ page }) => {
    await goTo(page, "Colocation");
    const [from, seconds] = [sample.at - 7200, 7000];
    await page.locator("#field-machine").fill(MACHINE);
    await addAddresses(page, { at: from });
    await addHeartbeat(page, heartbeatLog({ from, seconds }), from, from + seconds);
    await check(page);
    await page.locator(".item[data-kind=heartbeat] .item-result[data-counts=true]").waitFor();
  }],
  ["registry", async ({ page }) => {
    await goTo(page, "Registry");
    await page.locator("#field-list-known").setInputFiles({ name: "known.csv", mimeType: "text/csv", buffer: Buffer.from("d04ec06d4e6d92dc90d0ad3cf5ee2ddf,the sample\n") });
    await page.locator("[data-machine]").waitFor();
    await goTo(page, "Propose");
    await goTo(page, "Second witness");
  }],
  ["token", async ({ page }) => {
    await goTo(page, "Trust token");
    await page.locator("#field-token").fill("eyJhbGciOiJub25lIn0.e30.");
    await page.getByRole("button", { name: "Check the token" }).press("Enter");
    await page.locator(".token-view [data-verdict=contraindicated]").waitFor();
  }],
  ["schedule", async (recorder) => {
    await goTo(recorder.page, "Schedule");
    await recorder.page.locator("#field-morning-day").selectOption("Tuesday");
    await recorder.page.locator("#field-morning-time").fill("09:00");
    await recorder.page.locator("#field-from").fill("2026-11-23");
    await Promise.all([recorder.page.waitForEvent("download"), recorder.keyboard.act("Save for a calendar")]);
  }],
  ["documentation", async ({ page }) => {
    await page.evaluate(() => (location.hash = "#/docs"));
    await page.getByRole("link", { name: "A ceremony, for its witnesses" }).click();
    await page.getByRole("heading", { level: 1, name: "A ceremony, for its witnesses" }).waitFor();
  }],
  ["about", async ({ page }) => {
    await page.evaluate(() => (location.hash = "#/about"));
    await page.getByRole("button", { name: "Fetch and digest" }).click();
    await page.getByText(/^Every file that is served is as/).waitFor();
  }, { asks: true }],
];

test("every flow: no request off this site, and none at all once it is loaded", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "cloud-witness-flows-"));
  const log = join(folder, "net-log.json");
  const site = await serve(SITE);
  const browser = await launch([`--log-net-log=${log}`]);
  t.after(async () => {
    await browser.close();
    await site.close();
    await rm(folder, { recursive: true });
  });
  const { page, seen, close } = await open(browser, site.url, {}, { view: "", at: sample.at });
  await offlineStatus(page, "kept");
  await page.waitForLoadState("networkidle");

  const recorder = { page, keyboard: keyboardOf(page) };
  const lines = [["loading", seen.requests.length, site.requests.length]];
  for (const [name, flow, { asks = false } = {}] of FLOWS) {
    const before = { seen: seen.requests.length, host: site.requests.length };
    await flow(recorder);
    const asked = seen.requests.slice(before.seen);
    const arrived = site.requests.slice(before.host);
    lines.push([name, asked.length, arrived.length]);
    if (asks) assert.ok(arrived.length > 0, `${name} asked for nothing`);
    else assert.deepEqual([asked, arrived], [[], []], name);
  }
  assertQuiet(seen);
  await close();
  // The log is whole when the browser has ended.
  await browser.close();

  for (const url of seen.requests) assert.ok(url.startsWith(site.url) || url.startsWith("data:"), url);
  const { ofSite, ofBrowser } = readNetLog(await readFile(log, "utf8"), new URL(site.url).origin);
  assert.ok(ofSite.some((url) => url.endsWith(".wasm")) && ofSite.some((url) => url.endsWith("sw.js")), "the log holds what was asked for");
  assert.deepEqual(ofSite.filter((url) => !url.startsWith(site.url)), [], "off this site");
  for (const [name, asked, arrived] of lines) {
    t.diagnostic(`${name}: ${asked} requests by the page and its workers, ${arrived} at the host, 0 elsewhere`);
  }
  t.diagnostic(`the browser's network stack: ${ofSite.length} requests by this site, all to this site`);
  // Chromium asks its maker about updates, accounts, and by their fields' names about forms, on any page.
  t.diagnostic(`the browser of its own accord: ${ofBrowser.length}, to ${[...new Set(ofBrowser.map((url) => new URL(url).host))].join(", ") || "nobody"}`);
});

test("with the network cut after loading, every flow that asks for nothing works", async (t) => {
  const site = await serve(SITE);
  const browser = await launch();
  t.after(() => browser.close());
  const { page, seen } = await open(browser, site.url, {}, { view: "", at: sample.at });
  await offlineStatus(page, "kept");
  await page.waitForLoadState("networkidle");
  await page.context().setOffline(true);
  await site.close();
  const loaded = seen.requests.length;
  const recorder = { page, keyboard: keyboardOf(page) };
  for (const [, flow, { asks = false } = {}] of FLOWS) if (!asks) await flow(recorder);
  assert.deepEqual(seen.requests.slice(loaded), []);
  assertQuiet(seen);
});

/**
 * Every URL that the browser's network stack was asked for: by `origin` (documents, workers and the service worker are
 * its initiators, or it is what is asked for), and by the browser itself, which has no initiator.
 */
function readNetLog(text, origin) {
  const { constants, events } = JSON.parse(text);
  const { URL_REQUEST_START_JOB } = constants.logEventTypes;
  const started = events.filter(({ type, params }) => type === URL_REQUEST_START_JOB && /^(https?|wss?):/.test(params?.url));
  assert.ok(started.every(({ params }) => typeof params.initiator === "string"), "the log's format has changed");
  const isOwn = ({ params }) => params.initiator === "not an origin" && new URL(params.url).origin !== origin;
  const urls = (wanted) => started.filter(wanted).map(({ params }) => params.url);
  return { ofSite: urls((event) => !isOwn(event)), ofBrowser: urls(isOwn) };
}
