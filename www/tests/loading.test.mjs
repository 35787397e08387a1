// What the page loads, from where, and where it refuses to work.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { assertQuiet, loadSample, open, ready, serve, setUp, SITE, verify } from "./harness.mjs";

const held = setUp();

test("the sample is verified without a request off this origin, or any after loading", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url);
  await page.waitForLoadState("networkidle");
  const loaded = seen.requests.length;
  await loadSample(page);
  const report = await verify(page);
  assert.equal(report.verdict, "warning");
  assert.equal(report.time, "as_of");
  assert.equal(report.ppid, "d04ec06d4e6d92dc90d0ad3cf5ee2ddf");
  await page.waitForLoadState("networkidle");
  assert.deepEqual(seen.requests.slice(loaded), [], "no request after loading");
  for (const url of seen.requests) assert.ok(url.startsWith(held.site.url), url);
  assertQuiet(seen);
  await close();
});

test("it works below any path, and asks for nothing outside of it", async () => {
  const deep = await serve(SITE, { prefix: "/a/deep/path/" });
  const { page, seen, close } = await open(held.browser, deep.url);
  await loadSample(page);
  assert.equal((await verify(page)).verdict, "warning");
  for (const url of seen.requests) assert.ok(url.startsWith(deep.url), url);
  assertQuiet(seen);
  await close();
  await deep.close();
});

test("inside another page it says so, and does nothing else", async () => {
  const framing = await serve(SITE, { pages: { "/around.html": `<!doctype html><title>around</title><link rel="icon" href="data:,"><iframe src="./"></iframe>` } });
  const context = await held.browser.newContext();
  const page = await context.newPage();
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`${framing.url}around.html`);
  const frame = page.frames()[1];
  await frame.getByText("does not work inside another page").waitFor();
  assert.equal(await frame.locator("button, input, textarea, select, h1").count(), 0);
  assert.ok(!requests.some((url) => url.endsWith(".wasm")), "the verifier is not even loaded");
  await context.close();
  await framing.close();
});

test("the form is there before the verifier, which it waits for", async () => {
  const context = await held.browser.newContext();
  const page = await context.newPage();
  let release;
  const released = new Promise((resolve) => (release = resolve));
  await page.route("**/*.wasm", async (route) => {
    await released;
    await route.continue();
  });
  await page.goto(`${held.site.url}#/check`);
  const button = page.getByRole("button", { name: /^Loading….the verifier$/ });
  await button.waitFor();
  assert.ok(await button.isDisabled());
  assert.ok(await page.getByText("The attester's file", { exact: true }).isVisible());
  for (const width of [1280, 640, 390]) await page.setViewportSize({ width, height: 800 }).then(() => rememberBar(page, width));
  release();
  await ready(page);
  await page.getByRole("button", { name: "Verify", exact: true }).waitFor();
  for (const width of [1280, 640, 390]) {
    await page.setViewportSize({ width, height: 800 });
    assert.deepEqual(await page.evaluate(() => window.barOf()), await page.evaluate((of) => window.bars[of], width), `nothing in the bar moves at ${width}`);
  }
  await context.close();
});

/** Where the buttons of the bar stand, for later. */
async function rememberBar(page, width) {
  await page.evaluate((of) => {
    window.barOf = () => [...document.querySelectorAll(".actions, .actions > *")].map((one) => {
      const { x, width: wide, height } = one.getBoundingClientRect();
      return { x, wide, height };
    });
    window.bars = { ...window.bars, [of]: window.barOf() };
  }, width);
}

test("a verifier that cannot be loaded is named, and nothing can be verified", async () => {
  const context = await held.browser.newContext();
  const page = await context.newPage();
  await page.route("**/*.wasm", (route) => route.fulfill({ status: 404 }));
  await page.goto(`${held.site.url}#/check`);
  await page.getByRole("alert").getByText("could not be loaded").waitFor();
  assert.ok(await page.locator("button[type=submit]").isDisabled());
  await context.close();
});

for (const type of ["application/wasm; charset=utf-8", "application/octet-stream"]) {
  test(`a host that serves the verifier as ${type} serves it well enough`, async () => {
    const context = await held.browser.newContext();
    const page = await context.newPage();
    await page.route("**/*.wasm", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, headers: { ...response.headers(), "content-type": type } });
    });
    await page.goto(`${held.site.url}#/check`);
    await ready(page);
    await context.close();
  });
}

test("the content security policy is the strict one, and holds", async () => {
  const html = await readFile(`${SITE}/index.html`, "utf8");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)[1];
  assert.deepEqual(policy.split("; "), [
    "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "connect-src 'self'",
    "img-src data:", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types own-scripts",
  ]);
  assert.ok(!/<script(?![^>]* src=)|<style| style=| on[a-z]+=/i.test(html), "no inline code or style");

  const { page, close } = await open(held.browser, held.site.url);
  const refused = await page.evaluate(() => {
    const tries = {
      markup: () => (document.createElement("div").innerHTML = "<b>x</b>"),
      policy: () => window.trustedTypes.createPolicy("any", {}),
      script: () => (document.createElement("script").text = "1"),
    };
    return Object.keys(tries).filter((name) => {
      try {
        tries[name]();
        return false;
      } catch {
        return true;
      }
    });
  });
  assert.deepEqual(refused, ["markup", "policy", "script"]);
  await close();
});
