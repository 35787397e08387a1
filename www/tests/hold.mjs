// How a ceremony is held on the page by people with keyboards, each with a browser profile of their own.

import assert from "node:assert/strict";
import { open, readDownload, sample } from "./harness.mjs";
import { keyboardOf } from "./keyboard.mjs";

export const PEOPLE = [
  { name: "Peter Prover", project: "Example Cloud" },
  { name: "Wanda Witness", project: "Alpha Project" },
  { name: "Willem Witness", project: "Beta Project" },
];

const SEEN = { provider: "Some Cloud", product: "bare-metal-2", region: "eu-west", console_type: "IPMI", machine: "host-17" };

/** Opens a profile of its own at a moment, and makes its key. */
export async function profile(browser, url, at) {
  const { page, seen, close } = await open(browser, url, {}, { view: "keys", at });
  const keyboard = keyboardOf(page);
  await keyboard.act("Make a key");
  const key = (await page.locator(".key-line").textContent()).trim();
  return { page, seen, close, keyboard, key };
}

/** The tab's own view, by which the views beside it are reached. */
const TAB_OF = { keys: "attesters", collateral: "attesters", challenge: "ceremony", colocation: "ceremony", schedule: "ceremony", many: "check", token: "check", enrol: "registry", second: "registry" };

export async function follow({ page, keyboard }, view) {
  await page.evaluate(() => document.activeElement.blur());
  if (view in TAB_OF && (await page.locator(`nav a[href="#/${view}"]`).count()) === 0) {
    await keyboard.to(`nav a[href="#/${TAB_OF[view]}"]`);
    await keyboard.press("Enter");
    await page.locator(`nav a[href="#/${view}"]`).waitFor();
    await page.evaluate(() => document.activeElement.blur());
  }
  await keyboard.to(`nav a[href="#/${view}"]`);
  await keyboard.press("Enter");
  await page.locator(`main[data-view=${view === "" ? "front" : view}]`).waitFor();
}

/** The steps up to the record. `seeStep` is told of each before it ends. */
export async function hold(recorder, others, { challenge, evidence, hash, collateral, reason, attesters, recording, isColocated = false }, seeStep = async () => {}) {
  const { page, keyboard } = recorder;
  const each = (step) => seeStep(step, recorder);
  if (attesters !== null) {
    await follow(recorder, "attesters");
    await keyboard.choose("#field-import", attesters);
    await page.locator("#import-said > p").waitFor();
  }
  await follow(recorder, "");
  await keyboard.act("Run a ceremony");
  await page.locator("main[data-view=ceremony]").waitFor();
  // A step begins when its heading has the focus.
  const step = (name) => page.waitForFunction((now) => document.activeElement.matches(`[data-step=${now}][data-state=now] h2`), name);

  for (const [index, { name, project }] of PEOPLE.entries()) {
    await keyboard.type(`#field-name-${index}`, name);
    await keyboard.type(`#field-project-${index}`, project);
  }
  await each("participants");
  await keyboard.act("These take part");
  await step("colocation");
  await keyboard.to("#colocation-not_offered");
  // The last answer of the group is the first one's neighbour.
  await keyboard.press(isColocated ? "ArrowUp" : "Space");
  await keyboard.type("#field-how", isColocated ? "it stands in its owner's rack" : "its price list has no such product");
  await each("colocation");
  await keyboard.act("Go on");
  await step("console");
  for (const [name, text] of Object.entries(SEEN)) await keyboard.type(`#field-${name}`, text);
  await each("console");
  await keyboard.act("This was seen");
  await step("challenge");
  await keyboard.act("Another witness made it");
  await keyboard.type("#field-typed", challenge);
  await each("challenge");
  await keyboard.act("Use this challenge");
  await step("command");
  await each("command");
  await keyboard.act("The prover has run it");
  await step("hash");
  await keyboard.type("#field-noted", `${hash}  attester.txt`);
  assert.equal(await page.locator("#field-noted").inputValue(), `${hash}  attester.txt`);
  await each("hash");
  await keyboard.act("This was noted");
  await step("file");
  await keyboard.choose("#field-file", { name: "attester.txt", mimeType: "text/plain", buffer: evidence });
  await page.locator(".document-name", { hasText: "attester.txt" }).waitFor();
  await keyboard.to("#ceremony-collateral-site");
  await keyboard.press("ArrowDown");
  await keyboard.choose("#field-ceremony-collateral", { name: "collateral.json", mimeType: "application/json", buffer: collateral });
  await page.locator(".document-name", { hasText: "collateral.json" }).waitFor();
  await keyboard.to("#field-ceremony-from");
  await keyboard.press("ArrowDown");
  assert.equal(await page.locator("#field-ceremony-from").inputValue(), "witness", "the default is the most careful reading");
  await each("file");
  await keyboard.act("This is the file");
  await step("appraisal");
  await page.locator("[data-step=appraisal] [data-verdict]").waitFor();
  await each("appraisal");
  await keyboard.act("All have seen it");
  await step("outcome");
  for (const [index, { key }] of [others[0], recorder, others[1]].entries()) await keyboard.type(`#field-key-${index}`, `${key} somebody@example`);
  if (reason !== null) await keyboard.type("#field-reason", reason);
  if (recording !== undefined) await keyboard.type("#field-recording", recording);
  await each("outcome");
  await keyboard.act("Make the record");
  await page.locator("main[data-view=record] .report > [data-verdict]").waitFor();
}

export async function save({ page, keyboard }) {
  const [download] = await Promise.all([page.waitForEvent("download"), keyboard.act("Save the record")]);
  assert.equal(download.suggestedFilename(), "ceremony.dsse.json");
  return readDownload(download);
}

export async function receive(participant, file) {
  const { page, keyboard } = participant;
  await follow(participant, "record");
  await keyboard.choose("#field-record", { name: "ceremony.dsse.json", mimeType: "application/json", buffer: Buffer.from(file) });
  await page.locator(".report > [data-verdict]").waitFor();
}

export async function sign({ page, keyboard }) {
  const before = await page.locator("[data-signer][data-outcome=pass]").count();
  await keyboard.act("Sign as");
  await page.locator("[data-signer][data-outcome=pass]").nth(before).waitFor();
}

export async function merge({ page, keyboard }, file) {
  const before = await page.locator("[data-signer][data-outcome=pass]").count();
  await keyboard.choose("#field-merge", { name: "ceremony.dsse.json", mimeType: "application/json", buffer: Buffer.from(file) });
  await page.locator("[data-signer][data-outcome=pass]").nth(before).waitFor();
}

/** What stands in the fields of the step that is open. */
export const entries = (page) => page.evaluate(() =>
  Object.fromEntries([...document.querySelectorAll("[data-state=now] :is(input:not([type=file]), textarea, select)")].map((one) => [one.id, one.type === "radio" ? one.checked : one.value])));

export const opened = (page) => page.evaluate(() => ({
  verdict: document.querySelector(".report > [data-verdict]").dataset.verdict,
  rows: Object.fromEntries([...document.querySelectorAll("[data-record-check]")].map(({ dataset }) => [dataset.recordCheck, dataset.outcome])),
}));

/** All of it: the record made by the first witness, signed by everyone in a browser of their own. */
export async function wholeCeremony(browser, url, at, request, each) {
  const prover = await profile(browser, url, at);
  const recorder = await profile(browser, url, at);
  const second = await profile(browser, url, at);
  await hold(recorder, [prover, second], request, each);
  await sign(recorder);
  const first = await save(recorder);
  const copies = [];
  for (const participant of [prover, second]) {
    await receive(participant, first);
    await sign(participant);
    copies.push(await save(participant));
  }
  for (const copy of copies) await merge(recorder, copy);
  const final = await save(recorder);
  return { prover, recorder, second, first, final, all: [prover, recorder, second] };
}

/** The real sample, as the people of a ceremony would have it. */
export const SAMPLE_CEREMONY = {
  challenge: sample.challenge,
  evidence: Buffer.from(sample.evidence),
  hash: sample.sha256,
  collateral: Buffer.from(sample.collateral),
  reason: "The machine is a test machine, and all of us know what is behind on it.",
  attesters: null,
};
