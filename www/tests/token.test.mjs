// Trust tokens on the page: the vectors of an independent JWT library, lists of keys, and what strangers write into tokens.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, open, readDownload, setUp } from "./harness.mjs";
import { keyboardOf } from "./keyboard.mjs";

const held = setUp();
const SAMPLES = process.env.DCAP_QVL_SAMPLES;
const { keys, alliance, vectors } = JSON.parse(await readFile(new URL("../../tests/tokens/vectors.json", import.meta.url), "utf8"));

const json = (name, text) => ({ name, mimeType: "application/json", buffer: Buffer.from(text) });
const text = ({ token, repeat }) => (repeat === undefined ? token : repeat.of.repeat(Math.ceil(repeat.until / repeat.of.length)).slice(0, repeat.until));
const named = (name) => vectors.find((vector) => vector.name === name);

async function onToken(act) {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "token" });
  await page.waitForLoadState("networkidle");
  const loaded = seen.requests.length;
  await act(page);
  assert.deepEqual(seen.requests.slice(loaded), [], "no request after loading");
  assertQuiet(seen);
  await close();
}

async function useLists(page, list = "open") {
  await page.locator("#field-token-keys").setInputFiles(json("keys.json", keys));
  await page.locator("[data-list=keys]").getByText("Your own list").waitFor();
  await page.locator("#field-token-alliance").setInputFiles(json("alliance.json", JSON.stringify(alliance[list])));
  await page.locator("[data-list=alliance]").getByText("Your own list").waitFor();
}

async function check(page, token) {
  await page.locator("#field-token").fill(token);
  await page.getByRole("button", { name: "Check the token" }).press("Enter");
  await page.locator(".token-view [data-verdict], .token-view [data-refused]").first().waitFor();
  return page.evaluate(() => ({
    verdict: document.querySelector(".token-view [data-verdict]")?.dataset.verdict ?? null,
    rows: Object.fromEntries([...document.querySelectorAll("[data-token-check]")].map(({ dataset }) => [dataset.tokenCheck, dataset.outcome])),
    codes: [...document.querySelectorAll("[data-token-check]")].flatMap((row) =>
      [...(row.dataset.code === undefined ? [] : [row.dataset.code]), ...[...row.querySelectorAll(".findings code:last-child")].map((code) => code.textContent)]),
  }));
}

test("every token of an independent library gives on the page what it gives in Rust and Node", async () => {
  await onToken(async (page) => {
    await useLists(page);
    await page.locator("#field-token-asOf").fill("2025-06-20 00:00:00");
    for (const vector of vectors.filter(({ quote, keys: isGiven, alliance: list }) => quote === null && isGiven && list === "open")) {
      const { verdict, codes } = await check(page, text(vector));
      assert.deepEqual([verdict, codes], [vector.verdict, vector.codes], vector.name);
    }
  });
});

test("by keyboard alone: a token, its quote and the machine that made it", async () => {
  await onToken(async (page) => {
    const keyboard = keyboardOf(page);
    const token = text(named("with-its-quote"));
    await keyboard.type("#field-token", token);
    await keyboard.choose("#field-token-quote", join(SAMPLES, "tdx_quote"));
    await page.getByText("tdx_quote,").waitFor();
    await keyboard.act("Collateral:");
    await keyboard.choose("#field-token-collateral", join(SAMPLES, "tdx_quote_collateral.json"));
    await keyboard.choose("#field-token-alliance", json("alliance.json", JSON.stringify(alliance.open)));
    await page.locator("[data-list=alliance]").getByText("Your own list").waitFor();
    await keyboard.type("#field-token-asOf", "2025-06-20 00:00:00");
    await keyboard.act("Check the token");
    await page.locator("[data-token-check=machine][data-outcome=pass]").waitFor();
    assert.equal(await page.locator("[data-signed]").getAttribute("data-signed"), "true");
    const says = await page.locator("[data-signed]").innerText();
    assert.match(says, /811dca2a26b952e85bb6448b097ba4fd/);
    assert.match(says, /Example Compute, hall 4/);
    assert.match(says, /the PPID/);
    assert.match(says, /30 minutes before/);
    assert.match(says, /Expires\s+never/);
    const [download] = await Promise.all([page.waitForEvent("download"), keyboard.act("Save this answer")]);
    const answer = JSON.parse(await readDownload(download));
    assert.equal(answer.token.label, "Example Compute, hall 4");
    // Nobody was asked where the file is from: the most careful reading.
    assert.equal(answer.report.inputs.collateral_from, "applicant");
  });
});

test("a change of anything takes the answer away, and bad lists lose nothing", async () => {
  await onToken(async (page) => {
    await useLists(page);
    await page.locator("#field-token-asOf").fill("2025-06-20 00:00:00");
    const token = text(named("eddsa-by-the-alliances-key"));
    assert.equal((await check(page, token)).verdict, "warning");
    await page.locator("#field-token-asOf").fill("2025-06-20 00:00:01");
    assert.equal(await page.locator(".token-view [data-verdict]").count(), 0);
    assert.equal((await check(page, token)).verdict, "warning");
    for (const [text, code] of [["{", /cannot be read/], ['{"a":"x","a":"y"}', /stands twice/], ["\u00ff".repeat(9), /cannot be read/]]) {
      await page.locator("#field-token-keys").setInputFiles(json("other.json", text));
      await page.locator("#field-token-keys-complaint").getByText(code).waitFor();
      assert.match(await page.locator("[data-list=keys]").innerText(), /Your own list/);
    }
    await page.locator("#field-token-alliance").setInputFiles(json("other.json", '[{"kid":"ab","source":"s"}]'));
    await page.locator("#field-token-alliance-complaint").getByText("no usable Ed25519 key").waitFor();
    assert.equal(await page.locator("#field-token").inputValue(), token);
    assert.equal((await check(page, token)).verdict, "warning", "the lists before still count");
    await page.locator("#field-token-asOf").fill("yesterday");
    await page.getByRole("button", { name: "Check the token" }).press("Enter");
    await page.getByText("This is no date and time").waitFor();
  });
});

test("the lists of keys are there again after a reload, and nothing else of a token is", async () => {
  await onToken(async (page) => {
    await useLists(page);
    await page.locator("#field-token").fill(text(named("eddsa-by-the-alliances-key")));
  });
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "token" });
  assert.equal(await page.locator("[data-list=keys]").getByText("Your own list").count(), 0, "another profile has none");
  await useLists(page);
  await page.locator("#field-token").fill("eyJ");
  await page.reload();
  await page.locator("[data-list=keys]").getByText("Your own list").waitFor();
  assert.equal(await page.locator("#field-token").inputValue(), "");
  await page.locator("[data-list=keys]").getByRole("button", { name: /^Remove/ }).press("Enter");
  await page.locator("[data-list=keys]").getByText("Not given").waitFor();
  await close();
});

test("what a stranger writes into a token is text and nothing else", async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const hostile = "<img src=x onerror=alert(1)>\u202e`**`";
  const token = `${part({ alg: "EdDSA", kid: hostile })}.${part({ label: hostile, machine_id: hostile, quote_hash: hostile, [hostile]: hostile, timestamp: 1 })}.AA`;
  await onToken(async (page) => {
    const { verdict } = await check(page, token);
    assert.equal(verdict, "none");
    assert.match(await page.locator("[data-signed=false] h2").innerText(), /nobody whom you know signed/);
    assert.equal(await page.locator("main img").count(), 0);
    assert.match(await page.locator("[data-signed]").innerText(), /<img src=x onerror=alert\(1\)>/);
  });
});
