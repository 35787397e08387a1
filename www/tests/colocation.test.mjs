// Evidence of colocation: added, checked, and what it protects against.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, goTo, loadSample, open, readDownload, ready, sample, setUp } from "./harness.mjs";
import { addAddresses, addHeartbeat, addItem, asFile, check, DELEGATED, fill, give, heartbeatLog, MACHINE, recorderKey, rows, utc } from "./colocated.mjs";
import { follow, hold, merge, PEOPLE, profile, receive, SAMPLE_CEREMONY, save, sign } from "./hold.mjs";
import { keyboardOf } from "./keyboard.mjs";

const held = setUp();

const now = () => Math.floor(Date.now() / 1000);

async function onColocation(act, options = {}) {
  const { page, seen, close } = await open(held.browser, held.site.url, options, { view: "colocation" });
  const loaded = seen.requests.length;
  await act(page);
  assert.deepEqual(seen.requests.slice(loaded), [], "nothing is fetched for it");
  assertQuiet(seen);
  await close();
}

const level = (page, evidence) => page.locator(`[data-evidence=${evidence}] td[data-level]`).evaluateAll((cells) => cells.map(({ dataset }) => dataset.level));

test("a heartbeat that holds counts, its time is drawn, and the trust table says against whom", async () => {
  await onColocation(async (page) => {
    const from = now() - 7200;
    await page.locator("#field-machine").fill(MACHINE);
    const panel = await addHeartbeat(page, heartbeatLog({ from, seconds: 7000 }), from, from + 7000);
    await check(page);
    assert.deepEqual([...new Set(Object.values(await rows(panel)))], ["pass"], JSON.stringify(await rows(panel)));
    assert.equal(await panel.locator(".item-result").getAttribute("data-counts"), "true");
    assert.match(await panel.getByRole("img").getAttribute("aria-label"), /^Covered: all of 116 minutes/);
    assert.deepEqual(await level(page, "heartbeat"), ["proven", "proven_remote_only", "proven_remote_only"]);
    assert.deepEqual(await level(page, "addresses"), ["no", "no", "no"]);
    assert.deepEqual(await level(page, "console"), ["no", "no", "no"], "the bare-metal ceremony has its row too");
    assert.equal(await page.locator("#trust-title").evaluate((title) => title === document.activeElement), true);
  });
});

test("gaps, failed polls and unsigned lines are drawn apart, and listed in words", async () => {
  await onColocation(async (page) => {
    const from = now() - 40_000;
    const log = heartbeatLog({
      from, seconds: 36_000,
      silent: (second) => second >= 10_000 && second < 12_000,
      failing: (second) => second >= 20_000 && second < 21_000,
    });
    // A line in the middle of an hour is taken out, with all of the hour's.
    log.lines.splice(2900, 30);
    await page.locator("#field-machine").fill(MACHINE);
    const panel = await addHeartbeat(page, { ...log, text: `${log.lines.join("\n")}\n` }, from, from + 36_000);
    await check(page);
    const found = await rows(panel);
    assert.match(found["heartbeat.order"], /^fail LINES_MISSING$/);
    assert.match(found["heartbeat.gaps"], /^fail LOG_GAP$/);
    assert.match(found["heartbeat.answers"], /^warn ANSWER_ERROR$/);
    const states = await panel.locator("svg [data-state]").evaluateAll((all) => [...new Set(all.map(({ dataset }) => dataset.state))].sort());
    assert.deepEqual(states, ["covered", "error", "gap", "unproven"]);
    await panel.getByText("The stretches that are not covered: 3").press("Enter");
    await panel.getByText(/^Gap, 33 minutes: from /).waitFor();
    assert.deepEqual(await level(page, "heartbeat"), ["no", "no", "no"]);
  });
});

test("a log of 30 days at 10 s is checked in the tab", { timeout: 240_000 }, async () => {
  await onColocation(async (page) => {
    const seconds = 30 * 86_400;
    const from = now() - seconds - 60;
    const log = heartbeatLog({ from, seconds });
    assert.ok(log.lines.length > 259_200);
    await page.locator("#field-machine").fill(MACHINE);
    const folder = await mkdtemp(join(tmpdir(), "heartbeat-"));
    const file = join(folder, "heartbeat.jsonl");
    await writeFile(file, log.text);
    const panel = await addHeartbeat(page, { ...log, file }, from, from + seconds);
    await rm(folder, { recursive: true });
    const button = page.getByRole("button", { name: "Check the evidence" });
    for (const round of [1, 2, 3]) {
      // From the key to the drawn table, in the page's own clock.
      const milliseconds = await button.evaluate((element) => new Promise((done) => {
        const start = performance.now();
        const watch = new MutationObserver(() => {
          if (document.querySelector(".trust") === null) return;
          watch.disconnect();
          requestAnimationFrame(() => done(performance.now() - start));
        });
        watch.observe(document.body, { childList: true, subtree: true });
        element.click();
      }));
      console.log(`30 days at 10 s, ${log.lines.length} lines, ${log.text.length} bytes: ${Math.round(milliseconds)} ms (round ${round})`);
      assert.deepEqual([...new Set(Object.values(await rows(panel)))], ["pass"]);
      assert.equal(await panel.locator(".timeline").getAttribute("data-covered"), "1000000");
      // Another input, and back: what was found is no longer shown.
      await page.locator("#field-machine").fill("");
      await page.locator("#field-machine").fill(MACHINE);
      assert.equal(await page.locator(".trust").count(), 0);
    }
  });
});

test("addresses are compared with a RIR's file, and a range is said to be no location", async () => {
  await onColocation(async (page) => {
    const panel = await addAddresses(page, { at: now() - 60 });
    await check(page);
    assert.deepEqual([...new Set(Object.values(await rows(panel)))], ["pass"]);
    assert.match(await panel.locator(".item-result").innerText(), /not a location/);
    assert.deepEqual(await level(page, "addresses"), ["proven", "proven_remote_only", "no"]);
    await panel.locator("fieldset.person").first().getByLabel("Address", { exact: true }).fill("193.0.8.1");
    assert.equal(await page.locator(".trust").count(), 0, "another input clears what was found");
    await check(page);
    assert.equal((await rows(panel))["addresses.inside"], "fail ADDRESS_OUTSIDE");
    assert.deepEqual(await level(page, "addresses"), ["no", "no", "no"]);
  });
});

test("a bad file is named with its line, and nothing that was entered is lost", { timeout: 240_000 }, async () => {
  await onColocation(async (page) => {
    const from = now() - 7200;
    const good = heartbeatLog({ from, seconds: 3600 });
    const lines = good.lines;
    const logs = {
      "truncated.jsonl": [good.text.slice(0, -50), "heartbeat.read", "fail LOG_CUT"],
      "utf16.jsonl": [Buffer.from(`\ufeff${good.text}`, "utf16le"), "heartbeat.read", "fail LOG_ENCODING"],
      "forged.jsonl": [heartbeatLog({ from, seconds: 3600, recorder: recorderKey(9) }).text, "heartbeat.signatures", "fail RECORDER_KEY_OTHER"],
      "clock.jsonl": [lines.map((line, at) => (at === 100 ? line.replace(/"time":\d+/, `"time":${from}`) : line)).join("\n") + "\n", "heartbeat.order", "fail CLOCK_BACK"],
      "empty.jsonl": ["", "files", "fail FILE_EMPTY"],
    };
    await page.locator("#field-machine").fill(MACHINE);
    const panel = await addHeartbeat(page, good, from, from + 3600);
    const typed = () => panel.locator("input[type=text]").evaluateAll((all) => all.map(({ value }) => value));
    const before = await typed();
    for (const [name, [content, row, expected]] of Object.entries(logs)) {
      await give(panel, "log", asFile(name, content));
      await check(page);
      assert.equal((await rows(panel))[row], expected, name);
      assert.deepEqual(await typed(), before);
    }
    await give(panel, "log", asFile("clock.jsonl", logs["clock.jsonl"][0]));
    await check(page);
    assert.match(await panel.locator("[data-colocation-check='heartbeat.order']").innerText(), /Where: line 101/);
    const lists = {
      "truncated.txt": [DELEGATED.split("\n").slice(0, -2).join("\n"), "fail PREFIXES_CUT"],
      "utf16.txt": [Buffer.from(`\ufeff${DELEGATED}`, "utf16le"), "fail PREFIXES_ENCODING"],
      "reversed.txt": ["193.0.7.255-193.0.0.0\n", "fail PREFIX_REVERSED"],
      "overlap.txt": ["193.0.0.0/21\n193.0.4.0/24\n", "fail PREFIX_OVERLAP"],
    };
    const addresses = await addAddresses(page, { at: now() - 60 });
    for (const [name, [content, expected]] of Object.entries(lists)) {
      await addresses.getByRole("button", { name: /^Remove (?!address)/ }).filter({ hasText: /\.txt/ }).press("Enter");
      await give(addresses, "prefixes", asFile(name, content));
      await addresses.getByLabel("The data centre's opaque id in a RIR's file").fill(String(content).includes("|") ? "5d1b9e0c-holder" : "");
      await check(page);
      assert.equal((await rows(addresses))["addresses.prefixes"], expected, name);
    }
  });
});

test("what cannot be read of a field is said at the field, which gets the focus", async () => {
  await onColocation(async (page) => {
    const panel = await addItem(page, "heartbeat");
    await fill(panel, { "Longest silence that is no gap, in seconds": "a minute", Until: "yesterday" });
    await page.getByRole("button", { name: "Check the evidence" }).press("Enter");
    const field = panel.getByLabel("Longest silence that is no gap, in seconds");
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal(await field.evaluate((element) => element === document.activeElement), true);
    assert.equal(await field.inputValue(), "a minute");
    assert.equal(await panel.locator(".problem:not(:empty)").count(), 3);
    await field.fill("60");
    assert.equal(await panel.locator(".problem:not(:empty)").count(), 2);
    assert.equal(await page.locator(".trust").count(), 0);
  });
});

test("every kind can be added and checked empty: nothing counts, and each says what lacks", async () => {
  await onColocation(async (page) => {
    const kinds = await page.locator("#field-kind option").evaluateAll((all) => all.map(({ value }) => value));
    assert.equal(kinds.length, 8);
    for (const kind of kinds) await addItem(page, kind);
    const at = utc(now() - 60);
    await page.locator(".item[data-kind=hosting_video]").getByLabel("Its length in seconds").fill("60");
    await page.locator(".item[data-kind=hosting_video]").getByLabel("Recorded at").fill(at);
    await fill(page.locator(".item[data-kind=heartbeat]"), { "Longest silence that is no gap, in seconds": 60, "The log must cover from": at, Until: at });
    await check(page);
    assert.equal(await page.locator("[data-counts=true]").count(), 0);
    assert.equal(await page.locator("[data-counts=false]").count(), 8);
    for (const panel of await page.locator(".item").all()) {
      assert.ok(await panel.locator("[data-outcome=fail], [data-outcome=warn]").count() > 0);
      assert.ok((await panel.locator(".how-far").innerText()).length > 60);
    }
    const cells = await page.locator(".trust td[data-level]").evaluateAll((all) => all.map(({ dataset }) => dataset.level));
    assert.equal(cells.length, 21);
    assert.deepEqual([...new Set(cells)], ["no"]);
  });
});

test("what was added has the focus before another key can be heard", async () => {
  await onColocation(async (page) => {
    // Within one task of the page: a key's event is a task of its own.
    const focused = await page.evaluate(async () => {
      const press = async (name) => {
        [...document.querySelectorAll("button")].find((button) => button.textContent === name).click();
        for (let turn = 0; turn < 9; turn += 1) await null;
        return document.activeElement.textContent || document.activeElement.id;
      };
      document.querySelector("#field-kind").value = "addresses";
      document.querySelector("#field-kind").dispatchEvent(new Event("change", { bubbles: true }));
      await null;
      return [await press("Add it"), await press("Add an address")];
    });
    assert.match(focused[0], /address/i);
    assert.match(focused[1], /^item-\d+-address$/);
  });
});

test("what was typed survives a reload, and files are asked for again", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "colocation" });
  const from = now() - 7200;
  await page.locator("#field-machine").fill(MACHINE);
  await addHeartbeat(page, heartbeatLog({ from, seconds: 600 }), from, from + 600);
  await page.reload();
  await ready(page);
  assert.equal(await page.locator("#field-machine").inputValue(), MACHINE);
  const panel = page.locator(".item[data-kind=heartbeat]");
  assert.equal(await panel.getByLabel("Until").inputValue(), utc(from + 600));
  await check(page);
  assert.equal((await rows(panel)).files, "fail FILE_MISSING");
  await close();
});

test("templates are saved", async () => {
  await onColocation(async (page) => {
    const names = [];
    for (const button of await page.locator("[aria-labelledby=templates-title] button").all()) {
      const [download] = await Promise.all([page.waitForEvent("download"), button.press("Enter")]);
      names.push(download.suggestedFilename());
      assert.ok((await readDownload(download)).length > 200);
    }
    assert.deepEqual(names, ["owner-claim.txt", "notification-pledge.txt", "colocation-provider-pledge.txt", "application.txt"]);
  });
});

test("all of it with a keyboard alone", async () => {
  await onColocation(async (page) => {
    const keys = keyboardOf(page);
    const from = now() - 7200;
    const log = heartbeatLog({ from, seconds: 600 });
    await keys.type("#field-machine", MACHINE);
    await keys.to("#field-kind");
    await page.keyboard.type("PSU");
    await keys.act("Add it");
    await page.locator(".item h3:focus").waitFor();
    await keys.type("[id$=-key]", log.key);
    await keys.type("[id$=-key_source]", "read out on the call");
    await keys.type("[id$=-max_gap]", "60");
    await keys.type("[id$=-from]", utc(from));
    await keys.type("[id$=-to]", utc(from + 600));
    await keys.choose("[id$=-file-log]", asFile("heartbeat.jsonl", log.text));
    await page.locator(".document-name").waitFor();
    await keys.act("Check the evidence");
    await page.locator("#trust-title:focus").waitFor();
    assert.equal(await page.locator("[data-counts=true]").count(), 1);
    await keys.to(".trust .table");
  });
});

test("a ceremony for a machine in colocation: its evidence goes into the record, and is checked again with the log beside", { timeout: 240_000 }, async () => {
  const asked = await open(held.browser, held.site.url, {}, { view: "" });
  await loadSample(asked.page);
  const ppid = await asked.page.locator("[data-ppid]").getAttribute("data-ppid");
  await asked.close();
  const all = [];
  for (const _ of PEOPLE) all.push(await profile(held.browser, held.site.url, sample.at));
  const [prover, recorder, witness] = all;
  const { page } = recorder;
  await follow(recorder, "colocation");
  const [from, seconds] = [sample.at - 108_000, 107_800];
  const log = heartbeatLog({ from, seconds, machine: `intel:sgx:ppid:${ppid}` });
  assert.ok(log.text.length > 2 * 1024 * 1024, "too large to go into a record");
  await addAddresses(page, { at: sample.at - 60 });
  await addHeartbeat(page, log, from, from + seconds);
  await hold(recorder, [prover, witness], { ...SAMPLE_CEREMONY, isColocated: true });
  const row = page.locator("[data-record-check=colocation]");
  assert.equal(await row.getAttribute("data-code"), "COLOCATION_FILE_AWAY", "the log is named, not inside");
  await page.locator("#field-beside").setInputFiles(asFile("heartbeat.jsonl", log.text));
  await page.locator(".item[data-kind=heartbeat] .item-result[data-counts=true]").waitFor();
  assert.equal(await row.getAttribute("data-outcome"), "pass", await row.innerText());
  assert.equal(await page.locator(".trust").count(), 0, "a record that nobody has signed protects against nobody");
  // Signed by all, and opened by one who has only the file.
  const first = await save(recorder);
  await sign(recorder);
  for (const participant of [prover, witness]) {
    await receive(participant, first);
    await sign(participant);
    await merge(recorder, await save(participant));
  }
  assert.deepEqual(await level(page, "heartbeat"), ["proven", "proven_remote_only", "proven_remote_only"]);
  const { page: stranger, seen, close } = await open(held.browser, held.site.url, {}, { view: "record" });
  await stranger.locator("#field-record").setInputFiles(asFile("ceremony.dsse.json", await save(recorder)));
  await stranger.locator(".report > [data-verdict=warning]").waitFor();
  assert.equal(await stranger.locator("[data-signer][data-outcome=pass]").count(), 3);
  assert.deepEqual(await level(stranger, "addresses"), ["proven", "proven_remote_only", "no"]);
  assert.deepEqual(await level(stranger, "heartbeat"), ["no", "no", "no"], "what is not here proves nothing");
  assertQuiet(seen);
  for (const each of [...all, { close }]) await each.close();
});

test("the view is reached from every page", async () => {
  await onColocation(async (page) => {
    await goTo(page, "Start");
    await goTo(page, "Colocation");
    await page.getByRole("heading", { level: 1, name: "Colocation" }).waitFor();
  });
});
