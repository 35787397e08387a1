// The site without its host, and the site when it has a newer version: the service worker.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, goTo, loadSample, offlineStatus, open, ready, serve, setUp, SITE, verify } from "./harness.mjs";

const held = setUp();

const SUB_PATH = "/a/sub-path/";
const PPID = "d04ec06d4e6d92dc90d0ad3cf5ee2ddf";

/** A copy of the site that a test can change, served below a path. */
async function changeable() {
  const folder = await mkdtemp(join(tmpdir(), "cloud-witness-site-"));
  await cp(SITE, folder, { recursive: true });
  return { folder, site: await serve(folder, { prefix: SUB_PATH }), remove: () => rm(folder, { recursive: true }) };
}

/** Another version of the page, with a title of its own, as a new build would make it. */
async function publishNewer(folder, { listed = true } = {}) {
  const digest = async () => createHash("sha256").update(await readFile(join(folder, "index.html"))).digest("hex");
  const file = async (name, change) => writeFile(join(folder, name), change(await readFile(join(folder, name), "utf8")));
  const before = await digest();
  await file("index.html", (html) => html.replace(`masthead-name">Cloud Witness`, `masthead-name">Cloud Witness, newer`));
  const after = listed ? await digest() : "0".repeat(64);
  await file("sw.js", (script) => script.replace(before, after).replace(/(?<=digest: ")[0-9a-f]{64}/, after));
}

const nameOf = (page) => page.locator(".masthead-name").textContent();

test("after one visit it works at a sub-path without its host, and says that it is offline", async () => {
  const { site, remove } = await changeable();
  const { page, seen, close } = await open(held.browser, site.url);
  await offlineStatus(page, "kept");
  await site.close();
  seen.complaints.length = 0;
  await page.reload();
  await ready(page);
  assert.match(await offlineStatus(page, "offline"), /You are offline[^]*This is the build of \d{4}-/);
  await loadSample(page);
  const report = await verify(page);
  assert.equal(report.verdict, "warning");
  assert.equal(report.ppid, PPID);
  await goTo(page, "Collateral");
  await page.getByText(/^Fetched \d{4}-/).waitFor();
  // The one thing that could not be fetched is the service worker's own script, which the browser asks for.
  assert.deepEqual(seen.complaints.filter((line) => !/sw\.js|ERR_CONNECTION_REFUSED/.test(line)), []);
  await close();
  await remove();
});

test("once the files are kept, no flow asks the site for anything", async () => {
  const site = await serve(SITE, { prefix: SUB_PATH });
  const { page, seen, close } = await open(held.browser, site.url);
  await offlineStatus(page, "kept");
  await page.waitForLoadState("networkidle");
  for (const path of site.requests) assert.ok(path.startsWith(SUB_PATH), path);
  const loaded = site.requests.length;
  await loadSample(page);
  await verify(page);
  for (const name of ["Collateral", "Challenge", "Keys", "Ceremony"]) await goTo(page, name);
  assert.deepEqual(site.requests.slice(loaded), []);
  assertQuiet(seen);
  await close();
  await site.close();
});

test("a newer version waits, is announced, and comes with the user's click alone", async () => {
  const { folder, site, remove } = await changeable();
  const { page, seen, close } = await open(held.browser, site.url);
  await offlineStatus(page, "kept");
  const other = await page.context().newPage();
  await publishNewer(folder);

  await page.reload();
  await ready(page);
  assert.match(await offlineStatus(page, "newer"), /A newer version is ready/);
  // Said at the top too, in view without scrolling; what to do is one press away.
  const notice = page.locator("[data-old-version]");
  assert.ok((await notice.boundingBox()).y < 400);
  await notice.getByRole("button").click();
  assert.equal(await page.evaluate(() => document.activeElement.dataset.copy), "newer");
  await page.waitForFunction(() => {
    const { top, bottom } = document.querySelector("footer [data-copy] button").getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
  assert.equal(await nameOf(page), "Cloud Witness");
  await page.reload();
  await offlineStatus(page, "newer");
  assert.equal(await nameOf(page), "Cloud Witness", "a reload by itself does not take it");
  await other.goto(site.url);
  await offlineStatus(other, "newer");

  await page.locator("footer").getByRole("button", { name: "Reload" }).click();
  await page.getByText("Cloud Witness, newer").waitFor();
  await offlineStatus(page, "kept");
  assert.equal(await notice.count(), 0);
  const caches = await page.evaluate(() => window.caches.keys());
  assert.equal(caches.filter((name) => name.includes(" build ")).length, 1, "the older build is gone");

  assert.match(await offlineStatus(other, "replaced"), /taken in another tab/);
  assert.equal(await nameOf(other), "Cloud Witness", "another tab goes on undisturbed");
  await other.locator("footer").getByRole("button", { name: "Reload" }).click();
  await other.getByText("Cloud Witness, newer").waitFor();
  assertQuiet(seen);
  await close();
  await site.close();
  await remove();
});

test("a newer version whose files are not the listed ones is not kept, and the older one goes on", async () => {
  const { folder, site, remove } = await changeable();
  const { page, close } = await open(held.browser, site.url);
  await offlineStatus(page, "kept");
  await publishNewer(folder, { listed: false });
  await page.reload();
  await ready(page);
  assert.match(await offlineStatus(page, "refused"), /not the ones that it lists[^]*This is the build of/);
  assert.equal(await nameOf(page), "Cloud Witness");
  const caches = await page.evaluate(() => window.caches.keys());
  assert.equal(caches.filter((name) => name.includes(" build ")).length, 1);
  await loadSample(page);
  assert.equal((await verify(page)).verdict, "warning");
  await close();
  await site.close();
  await remove();
});

test("fresh collateral comes with the next load, without a newer version; a login page in its place does not", async () => {
  const { folder, site, remove } = await changeable();
  const { page, close } = await open(held.browser, site.url, {}, { view: "collateral" });
  await offlineStatus(page, "kept");
  const file = join(folder, "collateral.json");
  const bundle = JSON.parse(await readFile(file, "utf8"));
  const at = (day) => ({ ...bundle, fetched_at: Date.parse(`${day}T12:00:00Z`) / 1000 });

  await writeFile(file, JSON.stringify(at("2026-02-03")));
  await page.reload();
  await page.getByText(/^Fetched 2026-02-03/).waitFor();
  await offlineStatus(page, "kept");
  await writeFile(file, "<!doctype html><title>Log in</title>");
  await page.reload();
  await page.getByText(/^Fetched 2026-02-03/).waitFor();
  await close();
  await site.close();
  await remove();
});

test("with the headers of _headers it works the same, and no page can frame it", async () => {
  const text = await readFile(join(SITE, "_headers"), "utf8");
  const headers = Object.fromEntries([...text.matchAll(/^ {2}([\w-]+): (.+)$/gm)].map(([, name, value]) => [name, value]));
  assert.equal(headers["Content-Security-Policy"], "frame-ancestors 'none'");
  const site = await serve(SITE, { prefix: SUB_PATH, headers });
  const { page, seen, close } = await open(held.browser, site.url);
  await offlineStatus(page, "kept");
  await page.reload();
  await ready(page);
  await loadSample(page);
  assert.equal((await verify(page)).verdict, "warning");
  assert.ok(await page.evaluate(() => window.crossOriginIsolated));
  assertQuiet(seen);

  const around = await serve(SITE, { pages: { "/around.html": `<!doctype html><title>around</title><link rel="icon" href="data:,"><iframe src="${site.url}"></iframe>` } });
  const framing = await page.context().newPage();
  const refused = framing.waitForEvent("console", (message) => message.text().includes("frame-ancestors"));
  await framing.goto(`${around.url}around.html`);
  await refused;
  await close();
  await site.close();
  await around.close();
});

test("it shows its build, the digest of the verifier that runs, and each file as the site lists it", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "about" });
  const wasm = createHash("sha256").update(await readFile(join(SITE, "cloud_witness_bg.wasm"))).digest("hex");
  await page.locator(`[data-wasm="${wasm}"]`).waitFor();
  const loaded = seen.requests.length;
  assert.match(await page.locator(".command").nth(2).textContent(), new RegExp(`cargo xtask compare ${held.site.url}`));
  assert.deepEqual(seen.requests.slice(loaded), [], "nothing is fetched unasked");
  await page.getByRole("button", { name: "Show its SHA-256" }).click();
  const oneFile = createHash("sha256").update(await readFile(join(SITE, "cloud-witness.html"))).digest("hex");
  await page.locator(`[data-one-file="${oneFile}"]`).waitFor();
  assert.deepEqual(seen.requests.slice(loaded).map((url) => url.split("/").at(-1)), ["SHA256SUMS"], "the list alone");
  await page.getByRole("button", { name: "Fetch and digest" }).click();
  await page.getByText(/^Every file that is served is as/).waitFor();
  const shown = await page.locator("[data-comparison='as listed']").count();
  const listed = (await readFile(join(SITE, "SHA256SUMS"), "utf8")).trim().split("\n").length;
  assert.equal(shown, listed);
  assertQuiet(seen);
  await close();
});
