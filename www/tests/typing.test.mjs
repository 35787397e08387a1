// Fields keep what is typed into them, key by key: nothing is put right under anybody's fingers. What is meant is read when it is used.

import assert from "node:assert/strict";
import { test } from "node:test";
import { goTo, loadSample, open, readReport, sample, setUp, verify } from "./harness.mjs";
import { STATES } from "./states.mjs";

const held = setUp();

const LINE = `${sample.sha256}  attester.txt`;
const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ ada@host";

/** A form with the sample in it, and the noted hash empty. */
async function form() {
  const { page, close } = await open(held.browser, held.site.url);
  await loadSample(page);
  const field = page.locator("#field-notedHash");
  await field.fill("");
  await field.focus();
  return { page, field, close };
}

async function digestRow(page) {
  return (await verify(page)).rows.find(({ id }) => id === "file.digest");
}

test("a line of sha256sum that is typed key by key stays as it is, and its digest is compared", async () => {
  const { page, field, close } = await form();
  await page.keyboard.type(LINE);
  assert.equal(await field.inputValue(), LINE);
  await page.getByText("64 of 64 digits; “attester.txt” behind them is taken for the file's name").waitFor();
  assert.equal((await digestRow(page)).outcome, "pass");
  await close();
});

test("a digit that is put in where the caret stands goes there, and so does a paste in the middle", async () => {
  const { page, field, close } = await form();
  await page.keyboard.type(LINE.slice(0, 10) + LINE.slice(12));
  await page.keyboard.press("Home");
  for (let right = 0; right < 10; right += 1) await page.keyboard.press("ArrowRight");
  await page.keyboard.type(LINE[10]);
  assert.equal(await field.evaluate((input) => input.selectionStart), 11);
  // What a paste does to a field.
  await page.keyboard.insertText(LINE[11]);
  assert.equal(await field.inputValue(), LINE);
  assert.equal(await field.evaluate((input) => input.selectionStart), 12);
  assert.equal((await digestRow(page)).outcome, "pass");
  await close();
});

test("what an input method composes behind the digits is left to it", async () => {
  const { page, field, close } = await form();
  await page.keyboard.type(`${sample.sha256}  `);
  const client = await page.context().newCDPSession(page);
  for (const text of ["し", "しょ", "しょう"]) await client.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await client.send("Input.insertText", { text: "証.txt" });
  assert.equal(await field.inputValue(), `${sample.sha256}  証.txt`);
  assert.equal((await digestRow(page)).outcome, "pass");
  await close();
});

for (const [what, typed, outcome, words] of [
  ["alone", sample.sha256, "pass", "64 of 64 digits"],
  ["in groups of four", sample.sha256.replace(/(.{4})(?!$)/g, "$1 "), "pass", "64 of 64 digits"],
  ["in groups, with the file's name", `${sample.sha256.replace(/(.{4})(?!$)/g, "$1 ")} attester.txt`, "pass", "“attester.txt”"],
  ["as read in binary mode", `${sample.sha256} *attester.txt`, "pass", "“attester.txt”"],
  ["with an escaped name", `\\${sample.sha256}  a\\nb`, "pass", "“a\\nb”"],
  ["with a name of digits alone", `${sample.sha256}  fade`, "pass", "“fade”"],
  ["with digits too many", `${sample.sha256}fade`, "fail", "68 digits: a SHA-256 has 64."],
  ["in groups, with a group too many", `${sample.sha256.replace(/(.{4})(?!$)/g, "$1 ")} fade`, "fail", "68 digits: a SHA-256 has 64."],
  ["with another line of sha256sum behind it", `${LINE} ${"ab".repeat(32)}  b.txt`, "fail", "no hexadecimal digit"],
  ["with an odd digit", sample.sha256.replace(/^./, "g"), "fail", "“g” is no hexadecimal digit."],
  ["with a wrong digit", sample.sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0")), "fail", "64 of 64 digits"],
  ["by its first digits", sample.sha256.slice(0, 16), "warn", "16 of 64 digits"],
]) {
  test(`a noted hash ${what}: the field keeps it, says how it is read, and its row is a ${outcome}`, async () => {
    const { page, field, close } = await form();
    await page.keyboard.type(typed);
    assert.equal(await field.inputValue(), typed);
    assert.ok((await page.locator("#field-notedHash-hint").textContent()).includes(words), await page.locator("#field-notedHash-hint").textContent());
    assert.equal((await digestRow(page)).outcome, outcome);
    await close();
  });
}

/** Views whose every field is typed into. */
const VIEWS = [
  "form with every input open", "challenge maker", "attester list", "ceremony, participants", "ceremony, colocation", "ceremony, console",
  "ceremony, challenge", "ceremony, hash", "ceremony, outcome", "record to sign", "proposal asked too early", "known machines", "collateral",
  "many files", "token, empty", "schedule", "colocation, empty",
];

for (const name of VIEWS) {
  test(`every field keeps what is typed key by key: ${name}`, async () => {
    const { view, reach } = STATES[name];
    const { page, close } = await open(held.browser, held.site.url, {}, { view });
    await reach(page);
    if (name === "colocation, empty") await page.getByRole("button", { name: "Add it" }).click();
    for (const details of await page.locator("main details:not([open]) > summary").all()) if (await details.isVisible()) await details.press("Enter");
    const ids = await page.locator("main :is(input:not([type]), input[type=text], input[type=search], textarea)").evaluateAll((all) => all.filter((one) => one.checkVisibility()).map(({ id }) => id));
    assert.ok(ids.length > 0);
    // From the last to the first: what stands below may rest on what is entered above.
    for (const id of ids.reverse()) {
      const field = page.locator(`[id="${id}"]`);
      for (const text of [" 08 x\\ſ", LINE, KEY, "\ufeff8"]) {
        await field.focus();
        await page.keyboard.press("ControlOrMeta+A");
        await page.keyboard.press("Delete");
        await page.keyboard.type(text);
        assert.equal(await field.inputValue(), text, id);
      }
    }
    await close();
  });
}

test("a number and a date keep their text until the field is left", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "schedule" });
  await page.locator("#field-weeks").focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type("012");
  assert.equal(await page.locator("#field-weeks").inputValue(), "012");
  await page.keyboard.press("Tab");
  assert.equal(await page.locator("#field-weeks").inputValue(), "12");
  await page.locator("#field-from").focus();
  await page.keyboard.type("1026");
  await page.keyboard.type("20266");
  // A year too long is no day of the schedule, but still the typist's to put right.
  assert.match(await page.locator("#field-from").inputValue(), /^20266-10-26$/);
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("cloud-witness.schedule")).from), "");
  await page.keyboard.press("Backspace");
  await page.keyboard.type("2026");
  assert.equal(await page.locator("#field-from").inputValue(), "2026-10-26");
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("cloud-witness.schedule")).from), "2026-10-26");
  await close();
});
