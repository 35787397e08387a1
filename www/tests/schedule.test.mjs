// Two weekly slots on everybody's clock, compared with Python's table of time zones over a year of changes, and the file
// for calendars, read again by another library.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { build } from "esbuild";
import ICAL from "ical.js";
import { assertQuiet, open, readDownload, ready, setUp } from "./harness.mjs";
import { keyboardOf } from "./keyboard.mjs";

const held = setUp();
const expected = JSON.parse(await readFile(new URL("zones.json", import.meta.url), "utf8"));
const ZONES = Object.keys(expected.calls[0].clocks);
const file = (content) => ({ name: "schedule.json", mimeType: "application/json", buffer: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)) });

const PEOPLE = ZONES.map((zone, index) => ({ name: `Person ${index}`, project: `Project ${index % 3}`, zone }));
const A_YEAR = { version: 1, slots: expected.slots, minutes: 60, from: expected.from, weeks: expected.weeks, link: "https://example.com/call", people: PEOPLE, turns: {} };

/** Names that try to end their line, to begin an event of their own, or to be more than text. */
const HOSTILE = [
  { name: "Eve\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:mine", project: "A, B; C\\n", zone: "Europe/Berlin" },
  { name: `<img src=x onerror=alert(1)>${"Ж".repeat(60)}`, project: "=cmd|' /C calc'!A1", zone: "Asia/Tokyo" },
];

async function onSchedule(act, options = {}) {
  const { page, seen, close } = await open(held.browser, held.site.url, options, { view: "schedule" });
  await page.waitForLoadState("networkidle");
  const loaded = seen.requests.length;
  await act(page);
  // A reload is one that the test itself asked for.
  const since = seen.requests.slice(loaded);
  const reload = since.indexOf(held.site.url);
  assert.deepEqual(reload === -1 ? since : since.slice(0, reload), [], "no request after loading");
  assertQuiet(seen);
  await close();
}

async function openFile(page, content) {
  await page.locator("#field-schedule").setInputFiles(file(content));
  await page.locator("[data-person]").first().waitFor();
}

const calls = (page) => page.locator("[data-call]").evaluateAll((all) => all.map((one) => ({
  key: one.dataset.call, at: Number(one.dataset.at), pacific: one.querySelector("legend").textContent, clocks: [...one.querySelectorAll(".schedule-clock")].map((clock) => clock.textContent),
})));

async function calendar(page) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: /^Save for a calendar/ }).press("Enter")]);
  assert.equal(download.suggestedFilename(), "proof-of-cloud.ics");
  return (await readDownload(download)).toString();
}

const eventsOf = (ics) => new ICAL.Component(ICAL.parse(ics)).getAllSubcomponents("vevent").map((one) => new ICAL.Event(one));

test(`over a year every call stands on ${ZONES.length} clocks as Python's time zones have it, whatever zone the browser is in`, async () => {
  for (const timezoneId of ["America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland"]) {
    await onSchedule(async (page) => {
      await openFile(page, A_YEAR);
      const found = await calls(page);
      assert.equal(found.length, expected.calls.length);
      for (const [index, call] of expected.calls.entries()) {
        const [slot] = call.key.split(" ").slice(1);
        assert.deepEqual(found[index], { key: call.key, at: call.at, pacific: `${slot}: ${call.pacific}, Pacific`, clocks: ZONES.map((zone) => call.clocks[zone]) });
      }
    }, { timezoneId });
  }
});

test("at the changes themselves: an hour that comes twice is its first, one that is left out comes an hour later", async () => {
  const made = await build({ entryPoints: [new URL("../src/schedule/zones.ts", import.meta.url).pathname], bundle: true, format: "esm", write: false });
  const { momentOf } = await import(`data:text/javascript;base64,${Buffer.from(made.outputFiles[0].text).toString("base64")}`);
  for (const { zone, date, time, at } of expected.edges) assert.equal(momentOf(date, time, zone), at, `${date} ${time} ${zone}`);
});

test("the file for calendars is RFC 5545, and another library reads the same calls from it", async () => {
  await onSchedule(async (page) => {
    await openFile(page, { ...A_YEAR, people: [...HOSTILE, ...PEOPLE] });
    await page.getByRole("button", { name: "Share out in turn" }).press("Enter");
    await page.locator("input:checked").first().waitFor();
    const ics = await calendar(page);
    assert.ok(!/[^\r]\n|\r[^\n]/.test(ics), "every line ends in CR LF");
    for (const line of ics.split("\r\n")) assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.ok(!ics.includes("VTIMEZONE") && !ics.includes("TZID"), "moments are in UTC");
    const events = eventsOf(ics);
    assert.deepEqual(events.map((event) => event.startDate.toUnixTime()), expected.calls.map(({ at }) => at));
    for (const event of events) {
      assert.equal(event.endDate.toUnixTime() - event.startDate.toUnixTime(), 3600);
      assert.match(event.component.getFirstPropertyValue("dtstamp").toString(), /Z$/);
      assert.equal(event.component.getFirstPropertyValue("url"), "https://example.com/call");
      assert.match(event.summary, /^Proof of Cloud ceremony, (morning|evening): .+ and .+$/s);
    }
    assert.equal(new Set(events.map(({ uid }) => uid)).size, events.length);
    const eve = events.find(({ summary }) => summary.includes("Eve"));
    assert.match(eve.summary, /A, B; C\\n/, "escaped, and read back as it was");
    assert.ok(!events.some(({ summary }) => summary === "mine"), "no event of a name's own");
    const [first] = expected.calls;
    assert.match(events[0].description, new RegExp(`Person 0: ${first.clocks[ZONES[0]].replace(/[()+]/g, "\\$&")}`));
  });
});

test("a call keeps its name when its hour changes, and a later file has the larger number", async () => {
  await onSchedule(async (page) => {
    await page.clock.setFixedTime(new Date("2026-01-01T00:00:00Z"));
    await openFile(page, A_YEAR);
    const before = eventsOf(await calendar(page))[0];
    await page.locator("#field-morning-time").fill("08:15");
    await page.clock.setFixedTime(new Date("2026-01-02T00:00:00Z"));
    const after = eventsOf(await calendar(page))[0];
    assert.equal(after.uid, before.uid);
    assert.equal(before.startDate.toUnixTime() - after.startDate.toUnixTime(), 45 * 60);
    assert.ok(after.sequence > before.sequence);
  });
});

test("sharing out gives each call two witnesses of two projects, and everybody about as many", async () => {
  await onSchedule(async (page) => {
    await openFile(page, A_YEAR);
    assert.equal(await page.locator(".schedule-lacks").count(), expected.calls.length);
    await page.getByRole("button", { name: "Share out in turn" }).press("Enter");
    assert.equal(await page.locator(".schedule-lacks").count(), 0);
    const turns = await page.locator("[data-call]").evaluateAll((all) => all.map((one) => [...one.querySelectorAll("input")].flatMap((box, index) => (box.checked ? [index] : []))));
    const counts = PEOPLE.map((_, index) => turns.filter((turn) => turn.includes(index)).length);
    assert.ok(turns.every(([a, b, ...more]) => more.length === 0 && PEOPLE[a].project !== PEOPLE[b].project));
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, counts.join());
    await page.locator("#field-whose").selectOption({ label: "Person 4" });
    assert.equal(eventsOf(await calendar(page)).length, counts[4]);
    await page.locator("[data-person='4'] button").press("Enter");
    const left = await page.locator("[data-call]").evaluateAll((all) => all.map((one) => [...one.querySelectorAll("input")].flatMap((box, index) => (box.checked ? [index] : []))));
    assert.deepEqual(left, turns.map((turn) => turn.filter((index) => index !== 4).map((index) => (index > 4 ? index - 1 : index))), "everyone else keeps their turns");
  });
});

test("by keyboard alone: set a slot, add two witnesses, share out, change a turn, save, and find it after a reload", async () => {
  await onSchedule(async (page) => {
    const keyboard = keyboardOf(page);
    await page.clock.setFixedTime(new Date("2026-11-22T12:00:00Z"));
    await keyboard.to("#field-morning-day");
    await page.keyboard.type("Tue");
    await keyboard.to("#field-morning-time");
    await page.keyboard.type("0900AM");
    await keyboard.act("Begin today");
    for (const [name, project, zone] of [["Ada", "Alpha", "Europe/Berlin"], ["Bo", "Beta", "Asia/Tokyo"]]) {
      await keyboard.type("#field-person", name);
      await keyboard.type("#field-project", project);
      await keyboard.type("#field-zone", zone);
      await keyboard.act("Add this witness");
      await page.getByText(`${name} of`).waitFor();
    }
    await page.getByRole("heading", { name: "Who witnesses when: 8 calls" }).waitFor();
    const [first] = await calls(page);
    assert.equal(first.key, "2026-11-24 Morning");
    assert.deepEqual(first.clocks, ["Tue 24 Nov, 18:00 (GMT+1)", "Wed 25 Nov, 02:00 (GMT+9)"]);
    await keyboard.act("Share out in turn");
    await keyboard.to("#turn-2026-11-24-Morning-1");
    await keyboard.press("Space");
    await page.getByText("Witnesses of two projects are needed.").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), keyboard.act("Save the schedule")]);
    const saved = JSON.parse(await readDownload(download));
    assert.deepEqual(saved.turns["2026-11-24 Morning"], [0]);
    await page.reload();
    await ready(page);
    assert.equal((await calls(page)).length, 8);
    assert.equal(await page.getByText("Witnesses of two projects are needed.").count(), 1);
  });
});

test("what is no schedule, no zone, no number or no link is named, and nothing of what was there is lost", async () => {
  await onSchedule(async (page) => {
    await openFile(page, A_YEAR);
    const before = await calls(page);
    for (const [content, words] of [
      ["{", /it is no JSON/], [{ ...A_YEAR, version: 2 }, /version 1/], [{ ...A_YEAR, minutes: 1e9 }, /5 to 600 minutes/],
      [{ ...A_YEAR, weeks: 5000 }, /1 to 53 weeks/], [{ ...A_YEAR, from: "2026-02-30" }, /first day is no date/],
      [{ ...A_YEAR, link: "javascript:alert(1)" }, /https/], [{ ...A_YEAR, people: [{ name: "a", project: "b", zone: "Mars/Base" }] }, /zone of person 1/],
      [{ ...A_YEAR, turns: { "2026-01-06 Morning": [99] } }, /nobody on its list/], [{ ...A_YEAR, turns: { __proto__: null, constructor: [] } }, /nobody on its list/],
      [{ ...A_YEAR, slots: { Morning: { day: 7, time: "09:00" }, Evening: { day: 1, time: "" } } }, /slot Morning/], ["x".repeat(300_000), /256 KiB/],
      [Buffer.from([0xff, 0xfe]).toString("latin1") + "{}", /no JSON/],
    ]) {
      await page.locator("#field-schedule").setInputFiles(file(content));
      await page.locator("#field-schedule-complaint").getByText(words).waitFor();
    }
    await page.locator("#field-weeks").fill("0");
    await page.getByText("A number from 1 to 53.").waitFor();
    await page.locator("#field-link").fill("http://example.com");
    await page.getByText("beginning with https://").waitFor();
    await page.locator("#field-person").fill("X");
    await page.locator("#field-project").fill("Y");
    await page.locator("#field-zone").fill("Berlin");
    await page.getByRole("button", { name: "Add this witness" }).press("Enter");
    await page.getByText("This is no time zone").waitFor();
    assert.deepEqual(await calls(page), before);
  });
});

test("names that strangers chose are text and nothing else", async () => {
  await onSchedule(async (page) => {
    await openFile(page, { ...A_YEAR, weeks: 1, people: HOSTILE });
    assert.equal(await page.locator("main img").count(), 0);
    assert.match(await page.locator("[data-person='1']").innerText(), /<img src=x onerror=alert\(1\)>/);
  });
});
