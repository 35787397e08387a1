// Many files at once, in a table to sort, to filter and to save.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, goTo, holdCalls, open, readDownload, setUp } from "./harness.mjs";
import { addBuild, BUILD } from "./states.mjs";

const held = setUp();
const SAMPLES = process.env.DCAP_QVL_SAMPLES;

const file = (name, buffer) => ({ name, mimeType: "application/octet-stream", buffer });

/** Two kinds of machines, of which the collateral is for one, a file that is no quote, one with a damaged signature, and names that try something. */
async function files(copies = 1) {
  const [sgx, tdx] = await Promise.all(["sgx_quote", "tdx_quote"].map((name) => readFile(join(SAMPLES, name))));
  const damaged = Buffer.from(sgx);
  damaged[440] ^= 1;
  const many = Array.from({ length: copies }, (_, index) => file(`copy-${index}.bin`, sgx));
  return [file("=cmd|' /C calc'!A1.bin", sgx), file("tdx.bin", tdx), file("notes\u202etxt.exe", Buffer.from("my notes")), file("damaged.bin", damaged), ...many];
}

async function onMany(copies, act, { collateral = "sgx_quote_collateral.json" } = {}) {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "many" });
  const loaded = seen.requests.length;
  await page.locator("#field-many-collateral").setInputFiles(join(SAMPLES, collateral));
  await page.locator(".many-settings bdi", { hasText: "_collateral.json" }).waitFor();
  await page.locator("#field-many-asOf").fill("2025-06-20 00:00:00");
  await page.locator("#field-many").setInputFiles(await files(copies));
  await page.getByText(`Done: ${copies + 4} of ${copies + 4}`).waitFor();
  assert.deepEqual(seen.requests.slice(loaded), [], "nothing is fetched for it");
  await act(page);
  assertQuiet(seen);
  await close();
}

const verdicts = (page) => page.locator("tbody tr").evaluateAll((all) => all.map(({ dataset }) => dataset.manyVerdict));

test("every file gets its own verdict, in the order in which they were given", async () => {
  await onMany(1, async (page) => {
    assert.deepEqual(await verdicts(page), ["warning", "none", "none", "contraindicated", "warning"]);
    const first = page.locator("tbody tr").first();
    assert.match(await first.innerText(), /=cmd\|' \/C calc'!A1\.bin/);
    assert.match(await first.innerText(), /d04ec06d4e6d92dc90d0ad3cf5ee2ddf/);
    await page.getByRole("heading", { name: "5 files: 2 warning, 2 none, 1 contraindicated" }).waitFor();
  });
});

test("the table is sorted and filtered, and what it shows is saved as CSV and JSON", async () => {
  await onMany(1, async (page) => {
    const sort = page.getByRole("button", { name: "Verdict" });
    await sort.press("Enter");
    assert.deepEqual(await verdicts(page), ["contraindicated", "none", "none", "warning", "warning"]);
    assert.equal(await page.getByRole("columnheader", { name: "Verdict" }).getAttribute("aria-sort"), "ascending");
    await sort.press("Enter");
    assert.equal((await verdicts(page))[0], "warning");
    await page.locator("#many-verdict").selectOption("warning");
    await page.locator("#many-words").fill("CALC");
    assert.deepEqual(await verdicts(page), ["warning"]);
    const saved = async (name) => {
      const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
      return (await readDownload(download)).toString();
    };
    const [head, line, end] = (await saved("Save as CSV")).split("\r\n");
    assert.match(head, /^file,verdict,ppid,/);
    // A spreadsheet must not take a file's name for a formula.
    assert.match(line, /^'=cmd\|' \/C calc'!A1\.bin,warning,d04ec06d4e6d92dc90d0ad3cf5ee2ddf,/);
    assert.equal(end, "");
    const json = JSON.parse(await saved("Save as JSON"));
    assert.deepEqual(json.map(({ file: name, verdict }) => [name, verdict]), [["=cmd|' /C calc'!A1.bin", "warning"]]);
  });
});

test("lists of machines that are loaded are looked at for every file", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "registry" });
  const list = (text) => ({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await page.locator("#field-list-known").setInputFiles(list(`${"ab".repeat(16)},other\n`));
  await page.locator("#list-known-title", { hasText: ": 1" }).waitFor();
  await page.locator("#field-list-revoked").setInputFiles(list("d04ec06d4e6d92dc90d0ad3cf5ee2ddf,sold\n"));
  await page.locator("#list-revoked-title", { hasText: ": 1" }).waitFor();
  await goTo(page, "Many files");
  await page.getByText("1 known machines are loaded, and 1 revoked.").waitFor();
  await page.locator("#field-many-collateral").setInputFiles(join(SAMPLES, "sgx_quote_collateral.json"));
  await page.locator(".many-settings bdi", { hasText: "_collateral.json" }).waitFor();
  await page.locator("#field-many-asOf").fill("2025-06-20 00:00:00");
  await page.locator("#field-many").setInputFiles(await files());
  await page.getByText("Done: 5 of 5").waitFor();
  assert.deepEqual(await verdicts(page), ["contraindicated", "none", "none", "contraindicated", "contraindicated"]);
  const column = (await page.getByRole("columnheader").allInnerTexts()).findIndex((text) => text.startsWith("Standing"));
  const standings = await page.locator("tbody tr").evaluateAll((all, index) => all.map((row) => row.cells[index].innerText), column);
  assert.deepEqual(standings, ["revoked", "unknown", "unknown", "unknown", "revoked"]);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save as CSV" }).click()]);
  const [head, line] = (await readDownload(download)).toString().split("\r\n");
  assert.deepEqual([head.split(",").at(-1), line.split(",").at(-1)], ["registry", "revoked"]);

  // What was found beside other lists does not stay beside the next ones.
  await goTo(page, "Machines");
  await page.locator("[data-machines=revoked]").getByRole("button", { name: /^Remove/ }).press("Enter");
  await page.locator("#list-revoked-title", { hasText: "no list" }).waitFor();
  await goTo(page, "Many files");
  await page.getByText("1 known machines are loaded, and no revoked list.").waitFor();
  assert.equal(await page.locator("tbody tr").count(), 0);
  await close();
});

test("rows do not stay beside another moment, other collateral or another list of attester builds, nor come late", async () => {
  await onMany(1, async (page) => {
    const isEmpty = async (changed) => {
      await page.getByText("Done: ").waitFor({ state: "detached" });
      assert.equal(await page.locator("tbody tr").count(), 0, `no row stays after a change of ${changed}`);
    };
    const again = async () => {
      await page.locator("#field-many").setInputFiles(await files());
      await page.getByText("Done: 5 of 5").waitFor();
    };
    await page.locator("#field-many-asOf").fill("2025-06-21 00:00:00");
    await isEmpty("the moment");
    await again();
    await page.getByRole("button", { name: "Use this site's" }).press("Enter");
    await isEmpty("the collateral");
    await again();
    await goTo(page, "Attesters");
    await addBuild(page, BUILD);
    await goTo(page, "Many files");
    await isEmpty("the list of attester builds");

    // Also of a run that goes on.
    await holdCalls(page, "appraise");
    await page.locator("#field-many").setInputFiles(await files());
    await page.getByText("Checking: 0 of 5").waitFor();
    await page.waitForFunction(() => window.heldCalls.length > 0);
    await page.locator("#field-many-asOf").fill("2025-06-22 00:00:00");
    await page.getByText("Checking: ").waitFor({ state: "detached" });
    await page.evaluate(() => window.releaseCalls());
    await page.waitForTimeout(500);
    assert.equal(await page.locator("tbody tr").count(), 0, "what was in flight comes to no table");
  });
});

test("three hundred files: the page answers meanwhile, the rest of the rows is a click away", async () => {
  await onMany(300, async (page) => {
    assert.equal((await verdicts(page)).length, 200);
    await page.getByRole("button", { name: "Show 104 more" }).click();
    assert.equal((await verdicts(page)).length, 304);
  });
});

test("it can be stopped, a moment that is none is said, and another run begins anew", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "many" });
  await page.locator("#field-many-asOf").fill("yesterday");
  await page.locator("#field-many").setInputFiles(await files());
  await page.getByText("This is no date and time").waitFor();
  await page.locator("#field-many-asOf").fill("2025-06-20 00:00:00");
  await page.locator("#field-many-collateral").setInputFiles(join(SAMPLES, "sgx_quote_collateral.json"));
  await page.locator(".many-settings bdi", { hasText: "_collateral.json" }).waitFor();
  await page.locator("#field-many").setInputFiles(await files(1500));
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByText(/^Stopped: [\d,]+ of 1,504/).waitFor();
  await page.locator("#field-many").setInputFiles(await files());
  await page.getByText("Done: 5 of 5").waitFor();
  await close();
});

test("from the check of one file to that of many, by keyboard", async () => {
  const { page, close } = await open(held.browser, held.site.url);
  await page.getByRole("link", { name: "check many files" }).press("Enter");
  await page.getByRole("heading", { name: "Check many files" }).waitFor();
  await close();
});
