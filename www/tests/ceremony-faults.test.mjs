// What can go wrong in a ceremony and with its record: each is named, and nothing that was entered is lost.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, goTo, holdCalls, open, readDownload, ready, sample, setUp } from "./harness.mjs";
import { entries, opened, SAMPLE_CEREMONY, wholeCeremony } from "./hold.mjs";

/** Round 1000 of drand's chain quicknet, as its API gives it. */
const ROUND = JSON.stringify({
  round: 1000,
  randomness: "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
  signature: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
});

const held = setUp();

/** A ceremony held once: what the browser kept at each step, and the record before and after signing. */
let holding;

function heldOnce() {
  holding ??= (async () => {
    const kept = {};
    const done = await wholeCeremony(held.browser, held.site.url, sample.at, SAMPLE_CEREMONY, async (step, { page }) => {
      kept[step] = await page.evaluate(() => ({ ...localStorage }));
    });
    for (const { close } of done.all) await close();
    return { kept, first: done.first, final: done.final, keys: done.all.map(({ key }) => key) };
  })();
  return holding;
}

/** A page on which a ceremony stands at `step`, a minute after it was left. */
async function at(step, minutes = 1) {
  const { kept: keptAt } = await heldOnce();
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "ceremony" });
  await page.clock.setFixedTime((sample.at + minutes * 60) * 1000);
  await page.evaluate((kept) => Object.entries(kept).forEach(([key, text]) => localStorage.setItem(key, text)), keptAt[step]);
  await page.reload();
  await ready(page);
  await page.locator(`[data-step=${step}][data-state=now]`).waitFor();
  // The appraisal comes above what is pressed there.
  if (step === "outcome") await page.locator("[data-seen]").waitFor();
  return { page, seen, close };
}

async function openRecord(text, options) {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "record", ...options });
  await page.locator("#field-record").setInputFiles({ name: "ceremony.dsse.json", mimeType: "application/json", buffer: Buffer.from(text) });
  await page.locator(".report > [data-verdict]").waitFor();
  return { page, seen, close };
}

const codeOf = (page, id) => page.locator(`[data-record-check='${id}']`).getAttribute("data-code");

test("two witnesses of one project, or one of the prover's, are refused before anything begins", async () => {
  const { page, close } = await at("participants");
  for (const [project, code] of [["alpha  PROJECT", "WITNESSES_OF_ONE_PROJECT"], ["Example Cloud", "WITNESS_OF_PROVERS_PROJECT"]]) {
    await page.locator("#field-project-2").fill(project);
    await page.getByRole("button", { name: "These take part" }).click();
    await page.locator(`[data-code=${code}]`).waitFor();
    assert.equal(await page.locator("[data-step=participants][data-state=now]").count(), 1);
  }
  assert.equal(await page.locator("#field-name-0").inputValue(), "Peter Prover");
  await close();
});

test("a provider whose colocation was not ruled out ends the way for bare metal", async () => {
  const { page, close } = await at("colocation");
  await page.locator("#colocation-not_shown").click();
  await page.getByText("needs colocation evidence").waitFor();
  await page.getByRole("button", { name: "Go on" }).click();
  assert.equal(await page.locator("[data-step=colocation][data-state=now]").count(), 1);
  await close();
});

test("a clock that was set back between two steps is named, and nothing entered is lost", async () => {
  const { page, close } = await at("hash", -5);
  const before = await entries(page);
  await page.getByRole("button", { name: "This was noted" }).click();
  await page.getByRole("alert").getByText("Somebody set the clock back").waitFor();
  assert.deepEqual(await entries(page), before);
  await page.clock.setFixedTime((sample.at + 60) * 1000);
  await page.getByRole("button", { name: "This was noted" }).click();
  await page.locator("[data-step=file][data-state=now]").waitFor();
  await close();
});

test("an answer that came after its window is a warning that names it", async () => {
  const { page, close } = await at("file", 30);
  await page.getByRole("button", { name: "This is the file" }).click();
  await page.locator("[data-step=appraisal] [data-verdict]").waitFor();
  await page.locator("[data-step=appraisal]").getByText(/it could be answered for 15 minutes/).first().waitFor();
  await page.getByText("Check by check, and to save").click();
  assert.equal(await page.locator("[data-check=challenge]").getAttribute("data-outcome"), "warn");
  await close();
});

test("another file than the one whose hash was noted cannot be signed", async () => {
  const { page, close } = await at("file");
  await page.locator("#field-file").setInputFiles({ name: "other.txt", mimeType: "text/plain", buffer: Buffer.from(`${sample.evidence}\n`) });
  await page.locator(".document-name", { hasText: "other.txt" }).waitFor();
  await page.getByRole("button", { name: "This is the file" }).click();
  await page.locator("[data-step=appraisal] [data-verdict=contraindicated]").waitFor();
  await page.getByText("This can't be signed").waitFor();
  assert.ok(await page.getByRole("button", { name: "All have seen it" }).isDisabled());
  await close();
});

/** Types over what the field holds, key by key. */
async function typeOver(page, selector, text) {
  await page.locator(selector).focus();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

const LINE = `${sample.sha256}  attester.txt`;
const MISTYPED = `${sample.sha256.slice(0, 20)}${sample.sha256[20] === "0" ? "1" : "0"}${sample.sha256.slice(21)}  attester.txt`;
const timesOf = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("cloud-witness.ceremony")).times);
const notesOf = (page) => page.evaluate(() => JSON.parse(localStorage.getItem("cloud-witness.ceremony")).notes);

/** A ceremony in which the hash was mistyped, at the file. */
async function atMistyped() {
  const { page, seen, close } = await at("hash");
  await typeOver(page, "#field-noted", MISTYPED);
  assert.equal(await page.locator("#field-noted").inputValue(), MISTYPED);
  await page.getByRole("button", { name: "This was noted" }).click();
  await page.locator("[data-step=file][data-state=now]").waitFor();
  await page.locator("#field-file").setInputFiles({ name: "attester.txt", mimeType: "text/plain", buffer: Buffer.from(sample.evidence) });
  await page.locator("#ceremony-collateral-own").click();
  await page.locator("#field-ceremony-collateral").setInputFiles({ name: "collateral.json", mimeType: "application/json", buffer: Buffer.from(sample.collateral) });
  await page.locator(".document-name", { hasText: "collateral.json" }).waitFor();
  return { page, seen, close };
}

test("a hash that was mistyped is seen when the file comes, and put right without losing the run or the file", async () => {
  const { page, seen, close } = await atMistyped();
  const mismatch = page.locator("[data-mismatch]");
  await mismatch.waitFor();
  assert.equal(await mismatch.locator("mark").textContent(), MISTYPED[20]);
  const before = await timesOf(page);
  await mismatch.getByRole("button", { name: "Edit the noted hash" }).click();
  const field = page.locator("#field-noted");
  await field.focus();
  await page.keyboard.press("Home");
  for (let right = 0; right < 20; right += 1) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Delete");
  await page.keyboard.type(LINE[20]);
  assert.equal(await field.inputValue(), LINE);
  // Until it is kept, the one that was noted stands.
  assert.ok((await page.evaluate(() => localStorage.getItem("cloud-witness.ceremony"))).includes(MISTYPED));
  await page.getByRole("button", { name: "Keep the edited hash" }).click();
  await page.locator("[data-step=file][data-state=now]").waitFor();
  assert.deepEqual(await timesOf(page), before, "the step keeps its time");
  assert.equal(await page.locator("[data-step=file] .document-name", { hasText: "attester.txt" }).count(), 1, "the file stays");
  await page.locator(".digest .hex").waitFor();
  assert.equal(await mismatch.count(), 0);
  assert.match(await notesOf(page), new RegExp(`Corrected .* UTC: the noted hash, before ${MISTYPED}\\.$`));
  await page.getByRole("button", { name: "This is the file" }).click();
  await page.locator("[data-step=appraisal] [data-verdict=warning]").waitFor();
  assertQuiet(seen);
  await close();
});

test("a mistyped hash can be put right from the verdict too, which is then seen anew", async () => {
  const { page, close } = await atMistyped();
  await page.getByRole("button", { name: "This is the file" }).click();
  const appraisal = page.locator("[data-step=appraisal]");
  await appraisal.locator("[data-verdict=contraindicated]").waitFor();
  await appraisal.getByRole("button", { name: "Edit the noted hash" }).click();
  await typeOver(page, "#field-noted", "0123");
  await page.getByRole("button", { name: "Leave it as it was" }).click();
  await appraisal.locator("[data-verdict=contraindicated]").waitFor();
  assert.equal(await notesOf(page), "", "nothing was corrected");
  await appraisal.getByRole("button", { name: "Edit the noted hash" }).click();
  await typeOver(page, "#field-noted", LINE);
  await page.getByRole("button", { name: "Keep the edited hash" }).click();
  await appraisal.locator("[data-verdict=warning]").waitFor();
  await page.getByRole("button", { name: "All have seen it" }).click();
  await page.locator("[data-step=outcome][data-state=now]").waitFor();
  // Another hash, and what was seen is no longer what holds.
  await page.getByRole("button", { name: "Edit the noted hash" }).click();
  await typeOver(page, "#field-noted", MISTYPED);
  await page.getByRole("button", { name: "Keep the edited hash" }).click();
  await page.locator("[data-step=appraisal][data-state=now]").waitFor();
  assert.equal((await timesOf(page)).appraisal, undefined);
  await close();
});

test("a hash that was not shown cannot be noted afterwards by editing: its step is done again", async () => {
  const { page, close } = await at("hash");
  await typeOver(page, "#field-noted", " ");
  await page.getByRole("button", { name: "It was not shown" }).click();
  await page.locator("[data-step=file][data-state=now]").waitFor();
  assert.equal(await page.getByRole("button", { name: "Edit the noted hash" }).count(), 0);
  assert.equal(await page.getByRole("button", { name: /^Do it again.*hash/ }).count(), 1);
  await close();
});

test("a key that is typed with its comment stays as typed, and stands in the record without it", async () => {
  const { page, close } = await at("outcome");
  const key = (await heldOnce()).keys[2];
  await typeOver(page, "#field-key-2", `${key} willem@host`);
  assert.equal(await page.locator("#field-key-2").inputValue(), `${key} willem@host`);
  await page.getByRole("button", { name: "Make the record" }).click();
  await page.locator("main[data-view=record] .report > [data-verdict]").waitFor();
  const record = JSON.parse(await page.evaluate(() => localStorage.getItem("cloud-witness.record")));
  const { entered } = JSON.parse(Buffer.from(record.payload, "base64").toString()).predicate;
  assert.equal(entered.participants[2].key, key);
  assert.equal(entered.file.noted_sha256, sample.sha256);
  await close();
});

test("a warning without a reason, and a participant without a key, make no record", async () => {
  const { page, close } = await at("outcome");
  await page.locator("#field-reason").fill("");
  await page.locator("#field-key-2").fill("");
  await page.getByRole("button", { name: "Make the record" }).click();
  await page.locator("[data-code=KEY_MISSING]").waitFor();
  await page.locator("#field-key-2").fill((await heldOnce()).keys[2]);
  await page.getByRole("button", { name: "Make the record" }).click();
  await page.locator("[data-code=OUTCOME_REASON_MISSING]").waitFor();
  assert.equal(await page.locator("#field-key-1").inputValue(), `${(await heldOnce()).keys[1]} somebody@example`);
  await close();
});

test("one key for two participants makes no record", async () => {
  const { page, close } = await at("outcome");
  await page.locator("#field-key-2").fill((await heldOnce()).keys[1]);
  await page.getByRole("button", { name: "Make the record" }).click();
  await page.locator("[data-code=KEY_TWICE]").waitFor();
  await close();
});

test("a challenge of an earlier ceremony is not taken again", async () => {
  const { page, close } = await at("challenge");
  await page.evaluate((hex) => localStorage.setItem("cloud-witness.used-challenges", `${hex}\n`), sample.challenge);
  await page.reload();
  await ready(page);
  await page.getByRole("button", { name: "Use this challenge" }).click();
  await page.getByRole("alert").getByText("used in an earlier ceremony").waitFor();
  await close();
});

test("a challenge is mixed from a public round; one that is not drand's is refused", async () => {
  const { page, close } = await at("challenge");
  await page.locator("#field-typed").fill("");
  await page.getByText("Mix in public randomness").click();
  await page.locator("#field-round").fill(ROUND.replace('"round":1000', '"round":1001'));
  await page.getByRole("button", { name: "Make the challenge" }).click();
  await page.getByRole("alert").getByText(/drand/).waitFor();
  await page.locator("#field-round").fill(ROUND);
  await page.getByRole("button", { name: "Make the challenge" }).click();
  await page.locator("[data-step=command][data-state=now]").waitFor();
  const draft = await page.evaluate(() => JSON.parse(localStorage.getItem("cloud-witness.ceremony")));
  assert.equal(draft.challenge.origin.type, "drand");
  assert.equal(draft.challenge.origin.round, 1000);
  assert.match(draft.challenge.hex, /^[0-9a-f]{64}$/);
  await close();
});

test("a ceremony is handed on as a file, and erased in one click and a second thought", async () => {
  const { page, close } = await at("command");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save what was entered" }).click()]);
  const saved = await readDownload(download);
  await page.getByRole("button", { name: "Erase and begin anew" }).click();
  await page.getByRole("button", { name: "Yes, erase this ceremony" }).click();
  await page.locator("[data-step=participants][data-state=now]").waitFor();
  assert.equal(await page.locator("#field-name-0").inputValue(), "");
  await page.locator("#field-draft").setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await page.getByRole("alert").getByText("no ceremony that was saved half-way").waitFor();
  await page.locator("#field-draft").setInputFiles({ name: "half.json", mimeType: "application/json", buffer: Buffer.from(saved) });
  await page.locator("[data-step=command][data-state=now]").waitFor();
  // It was shown before the ceremony was erased: its answer may have been kept.
  await page.getByRole("button", { name: "Make another challenge" }).waitFor();
  assert.equal(await page.evaluate(() => localStorage.getItem("cloud-witness.used-challenges")), `${sample.challenge}\n`);
  await close();
});

test("a record with a changed byte, a doubled key, another version, or ten megabytes of JSON is named, not believed", async () => {
  const envelope = JSON.parse((await heldOnce()).final);
  const payload = (change) => JSON.stringify({ ...envelope, payload: Buffer.from(change(Buffer.from(envelope.payload, "base64").toString())).toString("base64") });
  const faults = {
    "a changed name": [payload((text) => text.replace("Wanda", "Wonda")), "signatures", "SIGNATURE_REFUSED"],
    "a doubled key": [payload((text) => text.replace("{", '{"_type":"x",')), "record.format", "RECORD_KEY_TWICE"],
    "another version": [payload((text) => text.replace("cloud-witness/ceremony/v1", "cloud-witness/ceremony/v9")), "record.format", "RECORD_VERSION_UNSUPPORTED"],
    "spaces between": [JSON.stringify(envelope, null, 1), "record.format", "RECORD_NOT_CANONICAL"],
    "ten megabytes": [`[${"1,".repeat(5_000_000)}1]`, "record.format", null],
  };
  for (const [what, [text, id, code]] of Object.entries(faults)) {
    const { page, seen, close } = await openRecord(text);
    const { verdict, rows } = await opened(page);
    assert.ok(["none", "contraindicated"].includes(verdict), what);
    assert.equal(rows[id], "fail", what);
    if (code !== null) assert.equal(await codeOf(page, id), code, what);
    assert.equal(await page.getByRole("button", { name: /^Sign as/ }).count(), 0, what);
    assertQuiet(seen);
    await close();
  }
});

test("a signature by a key that is no participant's is refused, and counts for nothing", async () => {
  const stranger = await open(held.browser, held.site.url, {}, { view: "keys" });
  await stranger.page.getByRole("button", { name: "Make a key" }).click();
  await stranger.page.locator(".key-line").waitFor();
  await goTo(stranger.page, "Record");
  await stranger.page.locator("#field-record").setInputFiles({ name: "ceremony.dsse.json", mimeType: "application/json", buffer: Buffer.from((await heldOnce()).first) });
  await stranger.page.locator(".report > [data-verdict]").waitFor();
  assert.equal(await stranger.page.getByRole("button", { name: /^Sign as/ }).count(), 0);
  await stranger.page.getByText("This browser's key is none of the participants'").waitFor();
  await stranger.close();
});

test("the copy of another record is not merged", async () => {
  const { page, close } = await openRecord((await heldOnce()).first);
  const other = JSON.parse((await heldOnce()).final);
  other.payload = Buffer.from(Buffer.from(other.payload, "base64").toString().replace("host-17", "host-18")).toString("base64");
  await page.locator("#field-merge").setInputFiles({ name: "other.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(other)) });
  await page.getByRole("alert").getByText(/different records/).waitFor();
  assert.equal(await page.locator("[data-signer][data-outcome=pass]").count(), 1);
  await close();
});

test("a record is signed with ssh-keygen, over what the page saves", { skip: !existsSync("/usr/bin/ssh-keygen") && "there is no ssh-keygen" }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "cloud-witness-"));
  try {
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "willem@example", "-f", join(folder, "key")]);
    const { page, close } = await at("outcome");
    await page.locator("#field-key-2").fill(await readFile(join(folder, "key.pub"), "utf8"));
    await page.getByRole("button", { name: "Make the record" }).click();
    await page.locator("main[data-view=record] .report > [data-verdict]").waitFor();
    await page.getByText("Sign with an SSH key").click();
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save what is signed" }).click()]);
    const file = join(folder, download.suggestedFilename());
    await writeFile(file, await readDownload(download));
    execFileSync("ssh-keygen", ["-q", "-Y", "sign", "-n", "ceremony@cloud-witness", "-f", join(folder, "key"), file], { stdio: "ignore" });
    const pasted = page.locator("#field-ssh-ceremony-payload\\.json");
    await pasted.fill("nonsense");
    await page.getByRole("button", { name: "Add this signature" }).click();
    await page.getByRole("alert").filter({ hasText: /signature/i }).first().waitFor();
    assert.equal(await pasted.inputValue(), "nonsense", "what was pasted stays");
    await pasted.fill(await readFile(`${file}.sig`, "utf8"));
    await page.getByRole("button", { name: "Add this signature" }).click();
    await page.locator("[data-signer='2'][data-outcome=pass]").waitFor();
    await page.getByText(", by ssh-keygen").waitFor();
    await close();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a recording's link is added later, signed by a participant", async () => {
  const { page, close } = await at("outcome");
  await goTo(page, "Keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.locator(".key-line").waitFor();
  await goTo(page, "Ceremony");
  await page.locator("#field-key-1").fill("");
  await page.getByRole("button", { name: /^This is me/ }).click();
  await page.getByRole("button", { name: "Make the record" }).click();
  await page.locator("main[data-view=record] .report > [data-verdict]").waitFor();
  await page.getByText("Add the recording's link later").click();
  const link = page.locator("#field-later-recording");
  await typeOver(page, "#field-later-recording", "x");
  await page.keyboard.press("Backspace");
  assert.ok(await link.isVisible(), "a field that is emptied stays under its typist's hands");
  await page.keyboard.type("http://example.org/plain");
  assert.equal(await link.inputValue(), "http://example.org/plain");
  const sign = page.locator("section[aria-labelledby=addendum-title]").getByRole("button", { name: /^Sign as/ });
  await sign.click();
  await page.getByRole("alert").filter({ hasText: /https/ }).waitFor();
  await page.locator("#field-later-recording").fill("https://example.org/video");
  await sign.click();
  await page.getByRole("link", { name: "https://example.org/video" }).waitFor();
  await page.getByText(/signed by .+ alone/).waitFor();
  assert.equal((await opened(page)).rows.addenda, "pass");
  await close();
});

test("a verdict long after the file came is about the past, and shows no green", async () => {
  const { page, close } = await at("appraisal", 60 * 24 * 400);
  await page.locator("[data-step=appraisal] [data-verdict]").waitFor();
  assert.equal(await page.locator("[data-verdict]").getAttribute("data-time"), "as_of");
  await close();
});

test("what is done again takes away what rested on it: challenge, hash and file", async () => {
  const { page, close } = await at("appraisal");
  await page.getByRole("button", { name: /^Do it again.*The attester runs/ }).click();
  await page.getByRole("button", { name: "The prover has run it" }).click();
  await page.locator("[data-step=hash][data-state=now]").waitFor();
  assert.equal(await page.locator("#field-noted").inputValue(), "");
  await page.getByRole("button", { name: "It was not shown" }).click();
  await page.locator("[data-step=file][data-state=now]").waitFor();
  assert.ok(await page.getByRole("button", { name: "This is the file" }).isDisabled());
  await page.getByRole("button", { name: /^Do it again.*The challenge/ }).click();
  await page.getByText("Another witness made it").click();
  await page.locator("#field-typed").fill(sample.challenge);
  await page.getByRole("button", { name: "Use this challenge" }).click();
  await page.getByRole("alert").getByText("used in an earlier ceremony").waitFor();
  await close();
});

test("a machine that is revoked while the outcome is entered makes no record, and what is shown says so", async () => {
  const { page, close } = await at("outcome");
  const make = page.getByRole("button", { name: "Make the record" });
  assert.equal(await page.locator("[data-seen]").getAttribute("data-seen"), "warning");
  await goTo(page, "Machines");
  await page.locator("#field-list-revoked").setInputFiles({ name: "revoked.csv", mimeType: "text/csv", buffer: Buffer.from("d04ec06d4e6d92dc90d0ad3cf5ee2ddf,sold\n") });
  await page.locator("#list-revoked-title", { hasText: ": 1" }).waitFor();
  await goTo(page, "Ceremony");
  await page.locator("[data-seen=contraindicated]").waitFor();
  assert.ok(await make.isDisabled());
  await page.getByRole("alert").getByText("no record is made").waitFor();
  await goTo(page, "Machines");
  await page.getByRole("button", { name: "Remove the list of revoked machines" }).press("Enter");
  await page.locator("#list-revoked-title", { hasText: "no list" }).waitFor();
  await goTo(page, "Ceremony");
  await page.locator("[data-seen=warning]").waitFor();
  assert.ok(await make.isEnabled());
  await close();
});

test("lists of machines that are read while the verdict is shown change it at once", async () => {
  const { page, close } = await at("appraisal");
  await page.locator("[data-step=appraisal] [data-verdict=warning]").waitFor();
  // A large list is still being read when one goes on to the ceremony.
  await holdCalls(page, "useMachines");
  await goTo(page, "Machines");
  await page.locator("#field-list-revoked").setInputFiles({ name: "revoked.csv", mimeType: "text/csv", buffer: Buffer.from("d04ec06d4e6d92dc90d0ad3cf5ee2ddf,sold\n") });
  await page.waitForFunction(() => window.heldCalls.length > 0);
  await goTo(page, "Ceremony");
  await page.locator("[data-step=appraisal] [data-verdict=warning]").waitFor();
  await page.evaluate(() => window.releaseCalls());
  await page.locator("[data-step=appraisal] [data-verdict=contraindicated]").waitFor();
  await close();
});

test("a file that is read slowly does not come in after its step has ended", async () => {
  const { page, close } = await at("file");
  await page.evaluate(() => {
    const read = Blob.prototype.arrayBuffer;
    Blob.prototype.arrayBuffer = async function () {
      await new Promise((done) => (window.release = done));
      return read.call(this);
    };
  });
  await page.locator("#field-file").setInputFiles({ name: "late.txt", mimeType: "text/plain", buffer: Buffer.from("late") });
  await page.getByRole("button", { name: "This is the file" }).click();
  await page.locator("[data-step=appraisal] [data-verdict]").waitFor();
  await page.evaluate(() => window.release());
  await page.waitForTimeout(300);
  assert.equal(await page.getByText("late.txt").count(), 0);
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("cloud-witness.ceremony")).file.name), "attester.txt");
  await close();
});

test("colocation that was not ruled out after all opens its step again", async () => {
  const { page, close } = await at("hash");
  await page.getByRole("button", { name: /^Correct.*really the provider/ }).click();
  await page.locator("#colocation-not_shown").click();
  await page.locator("[data-step=colocation][data-state=now]").waitFor();
  await page.reload();
  await ready(page);
  await page.locator("[data-step=colocation][data-state=now]").waitFor();
  await close();
});

test("a participant with another name has given no key, and a correction stands in the record's notes", async () => {
  const { page, close } = await at("outcome");
  await page.getByRole("button", { name: /^Correct.*Who takes part/ }).click();
  assert.equal(await page.getByRole("button", { name: /^Remove/ }).count(), 0);
  await page.locator("#field-name-1").fill("Somebody Else");
  await page.getByRole("button", { name: "These take part" }).click();
  await page.locator("[data-step=outcome][data-state=now]").waitFor();
  assert.equal(await page.locator("#field-key-1").inputValue(), "");
  assert.match(await page.locator("#field-notes").inputValue(), /Corrected .* UTC: participants\./);
  await close();
});

test("two tabs of one browser do not undo each other's ceremony", async () => {
  const { page, close } = await at("hash");
  const other = await page.context().newPage();
  await other.goto(`${held.site.url}#/ceremony`);
  await ready(other);
  await other.clock.setFixedTime((sample.at + 120) * 1000);
  await page.getByRole("button", { name: "This was noted" }).click();
  await page.locator("[data-step=file][data-state=now]").waitFor();
  await other.locator("[data-step=file][data-state=now]").waitFor();
  await close();
});

test("word of another tab's earlier change, which comes late, does not undo a later one", async () => {
  const { page, close } = await at("hash");
  await page.evaluate(() => {
    const key = "cloud-witness.ceremony";
    window.dispatchEvent(new StorageEvent("storage", { key, newValue: localStorage.getItem(key).replace("host-17", "host-18") }));
  });
  await page.getByText("host-17, on the").waitFor();
  await page.getByRole("button", { name: "This was noted" }).click();
  await page.locator("[data-step=file][data-state=now]").waitFor();
  assert.equal(await page.evaluate(() => JSON.parse(localStorage.getItem("cloud-witness.ceremony")).console.machine), "host-17");
  await close();
});

test("a half-way file that is damaged is refused, and one that is kept damaged can be saved and erased", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "ceremony" });
  const { kept } = await heldOnce();
  const draft = JSON.parse(kept.file["cloud-witness.ceremony"]);
  for (const damaged of [{ ...draft, participants: [null] }, { ...draft, schema: 2 }, { ...draft, file: { name: "x", base64: "***" } }, { ...draft, madeBy: 9 }]) {
    await page.locator("#field-draft").setInputFiles({ name: "half.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(damaged)) });
    await page.getByRole("alert").getByText("no ceremony that was saved half-way").waitFor();
  }
  await page.evaluate(() => localStorage.setItem("cloud-witness.ceremony", '{"schema":2}'));
  await page.reload();
  await ready(page);
  await page.getByText("cannot be read by this version").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save it" }).click()]);
  assert.equal(await readDownload(download), '{"schema":2}');
  await page.getByRole("button", { name: "Erase it" }).click();
  await page.getByRole("button", { name: "Yes, erase it" }).click();
  await page.locator("[data-step=participants][data-state=now]").waitFor();
  await close();
});

test("two copies that are dropped at once are both merged, and a closed record comes back", async () => {
  const { first, final } = await heldOnce();
  const envelope = JSON.parse(final);
  const has = JSON.parse(first).signatures.map(({ keyid }) => keyid);
  const others = envelope.signatures.filter(({ keyid }) => !has.includes(keyid));
  assert.equal(others.length, 2);
  const [one, another] = others.map((signature) => JSON.stringify({ ...envelope, signatures: [signature] }));
  const { page, close } = await openRecord(first);
  await page.evaluate((text) => {
    const input = document.querySelector("#field-merge");
    const files = new DataTransfer();
    files.items.add(new File([text], "copy.json"));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }, one);
  await page.locator("#field-merge").setInputFiles({ name: "copy.json", mimeType: "application/json", buffer: Buffer.from(another) });
  await page.locator("[data-signer][data-outcome=pass]").nth(2).waitFor();
  await page.getByRole("button", { name: "Close and open another" }).click();
  await page.getByRole("button", { name: "Bring back the record" }).click();
  await page.locator("[data-signer][data-outcome=pass]").nth(2).waitFor();
  await close();
});

test("a second tab never replaces this browser's key", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "keys" });
  const other = await page.context().newPage();
  await other.goto(`${held.site.url}#/keys`);
  await ready(other);
  // It has looked for a key, and there was none.
  await other.locator("button:enabled", { hasText: "Make a key" }).waitFor();
  await page.getByRole("button", { name: "Make a key" }).click();
  const key = await page.locator(".key-line").textContent();
  await other.getByRole("button", { name: "Make a key" }).click();
  assert.equal(await other.locator(".key-line").textContent(), key);
  await page.reload();
  await ready(page);
  assert.equal(await page.locator(".key-line").textContent(), key);
  await close();
});

test("the key that is erased is the one that is shown; another tab's is shown instead", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "keys" });
  const line = (tab) => tab.locator(".key-line").textContent();
  const erase = async (tab) => {
    await tab.getByRole("button", { name: "Erase this key" }).click();
    await tab.getByRole("button", { name: "Yes, erase it" }).click();
  };
  await page.getByRole("button", { name: "Make a key" }).click();
  const first = await line(page);
  const other = await page.context().newPage();
  await other.goto(`${held.site.url}#/keys`);
  await ready(other);
  assert.equal(await line(other), first);
  await erase(other);
  await other.getByRole("button", { name: "Make a key" }).click();
  const second = await line(other);
  assert.notEqual(second, first);
  await erase(page);
  await page.locator(".key-line", { hasText: second }).waitFor();
  await other.reload();
  await ready(other);
  assert.equal(await line(other), second);
  await erase(other);
  await other.getByText("None yet.").waitFor();
  await erase(page);
  await page.getByText("None yet.").waitFor();
  await close();
});

test("a browser that cannot keep a key says why", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "keys" });
  await page.evaluate(() => {
    IDBObjectStore.prototype.add = () => {
      throw new DOMException("there is no room", "QuotaExceededError");
    };
  });
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.getByText("there is no room").waitFor();
  assertQuiet(seen);
  await close();
});

test("while another tab's record is being opened, it is not saved or merged into beside what is shown of the one before", async () => {
  const { first, final } = await heldOnce();
  const other = JSON.parse(final);
  const statement = JSON.parse(Buffer.from(other.payload, "base64"));
  statement.predicate.entered.notes = "another";
  other.payload = Buffer.from(JSON.stringify(statement)).toString("base64");
  other.signatures = [];
  const another = JSON.stringify(other);
  const { page, close } = await openRecord(first);
  const save = page.getByRole("button", { name: "Save the record" });
  await holdCalls(page, "openCeremony");
  const tab = await page.context().newPage();
  await tab.goto(`${held.site.url}#/check`);
  await tab.evaluate((text) => localStorage.setItem("cloud-witness.record", text), another);
  await page.locator(".report[aria-busy=true]").waitFor();
  let saved = 0;
  page.on("download", () => (saved += 1));
  assert.equal(await save.getAttribute("aria-disabled"), "true");
  await save.press("Enter");
  await page.locator("#field-merge").setInputFiles({ name: "copy.json", mimeType: "application/json", buffer: Buffer.from(another) });
  await page.locator("#field-merge-complaint", { hasText: "Another record was opened meanwhile" }).waitFor();
  assert.equal(saved, 0, "nothing is saved that is not shown");
  await page.evaluate(() => window.releaseCalls());
  await page.locator(".report[aria-busy=false]").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), save.press("Enter")]);
  assert.equal(await readDownload(download), another);
  await close();
});

test("what was half typed to be added to one record is not offered for another", async () => {
  const { first, final } = await heldOnce();
  const other = JSON.parse(final);
  const statement = JSON.parse(Buffer.from(other.payload, "base64"));
  statement.predicate.entered.notes = "another";
  // Signatures no longer fit, but it is a record.
  other.payload = Buffer.from(JSON.stringify(statement)).toString("base64");
  const { page, close } = await openRecord(first);
  await page.clock.setFixedTime((sample.at + 60) * 1000);
  await page.getByText("Add the recording's link later").click();
  await page.locator("#field-later-recording").fill("https://example.org/of-the-first");
  await page.getByRole("button", { name: "Close and open another" }).click();
  other.signatures = [];
  await page.locator("#field-record").setInputFiles({ name: "other.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(other)) });
  await page.locator(".report > [data-verdict]").waitFor();
  assert.equal(await page.locator("#field-later-recording").inputValue(), "");
  await page.getByRole("button", { name: "Close and open another" }).click();
  await page.locator("#field-record").setInputFiles({ name: "first.json", mimeType: "application/json", buffer: Buffer.from(first) });
  await page.locator(".report > [data-verdict]").waitFor();
  assert.equal(await page.locator("#field-later-recording").inputValue(), "https://example.org/of-the-first");
  await close();
});

test("in a tab that was left open for days, it is said beside signing that the ceremony is long past", async () => {
  const { first } = await heldOnce();
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "record" });
  await page.clock.setFixedTime((sample.at + 60) * 1000);
  await page.reload();
  await ready(page);
  await page.locator("#field-record").setInputFiles({ name: "ceremony.dsse.json", mimeType: "application/json", buffer: Buffer.from(first) });
  await page.locator(".report > [data-verdict]").waitFor();
  assert.equal(await page.locator(".sign [data-code=TODAY_LATER]").count(), 0);
  await page.clock.setFixedTime((sample.at + 3 * 86_400) * 1000);
  await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  await page.locator(".sign [data-code=TODAY_LATER]").waitFor();
  await close();
});

test("what was entered about colocation is shown as it was entered", async () => {
  const { first } = await heldOnce();
  const envelope = JSON.parse(first);
  const statement = JSON.parse(Buffer.from(envelope.payload, "base64"));
  statement.predicate.entered.colocation.answer = "not_shown";
  envelope.payload = Buffer.from(JSON.stringify(statement)).toString("base64");
  envelope.signatures = [];
  const { page, close } = await openRecord(JSON.stringify(envelope));
  assert.equal(await codeOf(page, "console"), "COLOCATION_NOT_EXCLUDED");
  await page.getByText(/^offered, and not shown not to be in it/).waitFor();
  await close();
});
