// A verifier that gives no answer: a worker that computes for ever, or that dies. The page ends it, asks once more in a fresh one,
// and else says so plainly; it never does the work on its own thread then, where it would hang itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SAMPLE_CEREMONY, wholeCeremony } from "./hold.mjs";
import { assertQuiet, goTo, loadSample, open, ready, readReport, sample, setUp, verify } from "./harness.mjs";

const held = setUp();

/**
 * What a worker does in place of answering a call of this name, before the product's own script has a chance.
 * `hang` computes for ever; `die` ends as a worker does whose script throws; `trap` answers as a verifier that trapped.
 */
const DOING = {
  hang: "for (;;);",
  die: "setTimeout(() => { throw new Error('as a worker that dies'); }); event.stopImmediatePropagation();",
  trap: "self.postMessage({ id: event.data.id, fault: { code: 'BUG', message: 'as a wasm that traps' } }); event.stopImmediatePropagation();",
};

/**
 * Opens the page with workers of which the `bad` ones, counted from 1, do `what` when they are asked `name` for the `nth` time.
 * The page's own time can be turned on; a worker that hangs does so in earnest. `started` counts the workers.
 */
async function openWith(bad, what, { name = "appraise", nth = 1, view = "check", isReady = true } = {}) {
  const context = await held.browser.newContext({ reducedMotion: "reduce" });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on("console", (message) => seen.complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.complaints.push(`uncaught: ${error.message}`));
  const started = { count: 0 };
  await context.route("**/worker.js", async (route) => {
    started.count += 1;
    if (bad(started.count) === null) return route.abort();
    const response = await route.fetch();
    const trap = `{ let asked = 0; self.addEventListener("message", (event) => {
      if (event.data.name === ${JSON.stringify(name)} && (asked += 1) === ${nth}) { ${DOING[what]} }
    }); }`;
    await route.fulfill({ response, body: bad(started.count) ? `${trap}\n${await response.text()}` : await response.text() });
  });
  await page.addInitScript(() => {
    window.asked = [];
    window.ended = 0;
    const { terminate } = Worker.prototype;
    Worker.prototype.terminate = function () {
      window.ended += 1;
      terminate.call(this);
    };
    // One that keeps the site's files would answer for the worker's script.
    delete Navigator.prototype.serviceWorker;
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (call) {
      window.asked.push(call.name);
      return post.call(this, call);
    };
  });
  await page.clock.install();
  await page.goto(`${held.site.url}#/${view}`);
  if (isReady) await ready(page);
  return { page, seen, started, asked: () => page.evaluate(() => window.asked), ended: () => page.evaluate(() => window.ended), close: () => context.close() };
}

/** A record, and what may as well have been open before it. */
async function recordsHeld() {
  const { all, first } = await wholeCeremony(held.browser, held.site.url, sample.at, SAMPLE_CEREMONY);
  for (const { close } of all) await close();
  return [first, first.replace("eyJ", "eyK")];
}

const pressVerify = (page) => page.getByRole("button", { name: "Verify", exact: true }).press("Enter");
const count = async (asked, name) => (await asked()).filter((one) => one === name).length;
/** Until the page has asked that many times for an appraisal. */
const waitForAsked = (page, name, times) => page.waitForFunction(([what, many]) => window.asked.filter((one) => one === what).length >= many, [name, times]);

test("a worker that hangs once is ended after its time, and the call is done in a fresh one", async () => {
  const { page, seen, started, asked, ended, close } = await openWith((worker) => worker === 1, "hang");
  await loadSample(page);
  await pressVerify(page);
  await waitForAsked(page, "appraise", 1);
  await page.clock.runFor(19_000);
  assert.equal(await ended(), 0, "not before its time");
  await page.clock.runFor(2_000);
  await page.locator("[data-verdict]").waitFor();
  assert.equal((await readReport(page)).verdict, "warning");
  assert.equal(started.count, 2);
  assert.deepEqual(await asked(), ["init", "useBundle", "sha256", "appraise", "init", "useBundle", "appraise"]);
  assertQuiet(seen);
  await close();
});

test("a worker that always hangs is said plainly; nothing entered is lost, and the next click has a fresh one", async () => {
  let isBad = true;
  const { page, seen, started, asked, close } = await openWith(() => isBad, "hang");
  await loadSample(page);
  await page.locator("#field-challengeMinutes").fill("14");
  await pressVerify(page);
  await waitForAsked(page, "appraise", 1);
  await page.clock.runFor(21_000);
  await waitForAsked(page, "appraise", 2);
  // The page itself is alive all the while.
  await page.locator("#field-challengeMinutes").focus({ timeout: 2_000 });
  await page.clock.runFor(21_000);
  const refused = page.locator("[data-refused=NO_ANSWER]");
  await refused.waitFor();
  assert.match(await refused.textContent(), /no answer within 20 seconds, twice.*Nothing was decided.*Try again.*reload the page.*another browser/);
  assert.equal(await page.locator("[data-verdict]").count(), 0);
  assert.equal(await page.locator("#field-challengeMinutes").inputValue(), "14");
  assert.ok(await page.locator("#field-evidence-state").getByText("bytes").isVisible());
  assert.equal(await page.getByText("own thread").count(), 0);

  isBad = false;
  assert.equal((await verify(page)).verdict, "warning");
  assert.equal(started.count, 3);
  assert.equal(await count(asked, "appraise"), 3);
  assertQuiet(seen);
  await close();
});

for (const what of ["die", "trap"]) {
  test(`where a worker ${what}s the call is done once more in a fresh one, at once`, async () => {
    const { page, started, close } = await openWith((worker) => worker === 1, what);
    await loadSample(page);
    assert.equal((await verify(page)).verdict, "warning");
    assert.equal(started.count, 2);
    await close();
  });
}

test("a worker that dies again and again is said, and one that traps again is our bug", async () => {
  for (const [what, selector] of [["die", "[data-refused=NO_ANSWER]"], ["trap", "[data-bug]"]]) {
    const { page, started, close } = await openWith(() => true, what);
    await loadSample(page);
    await pressVerify(page);
    await page.locator(selector).waitFor();
    assert.equal(started.count, 2);
    assert.equal(await page.locator("[data-verdict]").count(), 0);
    await close();
  }
});

test("where no fresh worker can be started after one that hung, the page does not do the work itself", async () => {
  const { page, close } = await openWith((worker) => (worker === 1 ? true : null), "hang");
  await loadSample(page);
  await pressVerify(page);
  await waitForAsked(page, "appraise", 1);
  await page.clock.runFor(21_000);
  await page.locator("[data-refused=NO_ANSWER]").getByText("the browser started no other one").waitFor();
  assert.equal(await page.getByText("own thread").count(), 0);
  await close();
});

test("a worker that hangs while it is made ready is tried once more, and then the page says so", async () => {
  const { page, started, close } = await openWith(() => true, "hang", { name: "init", isReady: false });
  for (const times of [1, 2]) {
    await waitForAsked(page, "init", times);
    await page.clock.runFor(21_000);
  }
  await page.getByRole("alert").getByText("gave no answer, twice").waitFor();
  assert.equal(started.count, 2);
  assert.ok(await page.locator("button[type=submit]").isDisabled());
  assert.equal(await page.getByText("own thread").count(), 0);
  await close();
});

test("a bundle that a hanging worker never read is not said to be missing", async () => {
  const { page, close } = await openWith(() => true, "hang", { name: "useBundle", isReady: false });
  for (const times of [1, 2]) {
    await waitForAsked(page, "useBundle", times);
    await page.clock.runFor(21_000);
  }
  await page.getByRole("alert").getByText("gave no answer, twice").waitFor();
  await close();
});

test("a call that only waited behind one that hung keeps its two tries, and its clock begins with its own work", async () => {
  const { page, started, close } = await openWith((worker) => worker <= 2, "hang", { name: "sha256", nth: 1 });
  await loadSample(page);
  await waitForAsked(page, "sha256", 1);
  await pressVerify(page);
  await waitForAsked(page, "appraise", 1);
  for (const times of [2, 3]) {
    await page.clock.runFor(21_000);
    if (times === 2) await waitForAsked(page, "sha256", times);
  }
  await page.locator("[data-verdict]").waitFor();
  assert.equal((await readReport(page)).verdict, "warning");
  assert.equal(started.count, 3);
  // Nor is the digest, which nobody computed, awaited for ever.
  await page.locator(".digest").getByText("could not be computed").waitFor();
  await close();
});

test("large files give a call more time: one second for each MiB handed over", async () => {
  const { page, started, ended, close } = await openWith((worker) => worker === 1, "hang");
  await page.locator("#collateral-own").click();
  await page.locator("#field-collateral").setInputFiles({ name: "large.json", mimeType: "application/json", buffer: Buffer.alloc(10 * 1024 * 1024, " ") });
  await page.locator("#field-evidence").setInputFiles({ name: "attester.txt", mimeType: "text/plain", buffer: Buffer.from(sample.evidence) });
  await page.locator("#field-evidence-state").getByText("bytes").waitFor();
  await page.locator("#field-collateral-state").getByText("bytes").waitFor();
  await pressVerify(page);
  await waitForAsked(page, "appraise", 1);
  await page.clock.runFor(29_000);
  assert.equal(await ended(), 0, "not after the 20 seconds of a small one");
  await page.clock.runFor(2_000);
  await page.locator("[data-verdict]").waitFor();
  assert.equal(started.count, 2);
  await close();
});

test("a computer that slept while the worker was at work is no worker that hung", async () => {
  const { page, started, ended, close } = await openWith((worker) => worker === 1, "hang");
  await loadSample(page);
  await pressVerify(page);
  await waitForAsked(page, "appraise", 1);
  // As a lid that is closed for an hour: every timer is late at once.
  await page.clock.fastForward(3_600_000);
  assert.equal(await ended(), 0);
  await page.clock.runFor(21_000);
  await page.locator("[data-refused=STALE], [data-verdict]").waitFor();
  assert.equal(started.count, 2);
  await close();
});

test("lists of machines that were loaded are loaded in the fresh worker too", async () => {
  const { page, started, asked, close } = await openWith((worker) => worker === 1, "hang", { view: "registry" });
  await page.locator("#field-list-revoked").setInputFiles({ name: "revoked.csv", mimeType: "text/csv", buffer: Buffer.from("d04ec06d4e6d92dc90d0ad3cf5ee2ddf,sold in May\n") });
  await page.locator("[data-machines=revoked] [data-machine]").waitFor();
  await goTo(page, "Start");
  // There the sample is verified at once.
  await loadSample(page);
  await waitForAsked(page, "appraise", 1);
  await page.clock.runFor(21_000);
  await page.locator("[data-verdict]").waitFor();
  assert.equal(await page.locator("[data-check=registry]").getAttribute("data-outcome"), "fail");
  assert.equal(started.count, 2);
  assert.deepEqual((await asked()).slice(-4), ["init", "useBundle", "useMachines", "appraise"]);
  await close();
});

test("of many files, the one at which the worker hung is done again, and the others are none the worse", async () => {
  const { page, started, close } = await openWith((worker) => worker === 1, "hang", { view: "many", nth: 2 });
  await page.locator("#field-many").setInputFiles(["a", "b", "c", "d"].map((name) => ({ name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from(sample.evidence) })));
  await waitForAsked(page, "appraise", 3);
  await page.clock.runFor(21_000);
  await page.getByText("Done: 4 of 4").waitFor();
  assert.equal(await page.locator("[data-many-verdict=unanswered]").count(), 0);
  assert.equal(started.count, 2);
  await close();
});

test("of many files, one at which every worker hangs is named so, and is not said to be unreadable", async () => {
  const { page, close } = await openWith((worker) => worker <= 2, "hang", { view: "many" });
  await page.locator("#field-many").setInputFiles(["a", "b", "c"].map((name) => ({ name: `${name}.txt`, mimeType: "text/plain", buffer: Buffer.from(sample.evidence) })));
  await waitForAsked(page, "appraise", 2);
  await page.clock.runFor(21_000);
  await waitForAsked(page, "appraise", 4);
  await page.clock.runFor(21_000);
  await page.getByText("Done: 3 of 3").waitFor();
  assert.equal(await page.locator("[data-many-verdict=unanswered]").count(), 1);
  assert.equal(await page.locator("[data-many-verdict=unanswered]").getByText("NO_ANSWER").count(), 1);
  assert.equal(await page.locator("[data-many-verdict=unreadable]").count(), 0);
  await close();
});

test("a record whose opening got no answer can be asked about again, and is not opened without the one before", async () => {
  const records = await recordsHeld();
  let isBad = true;
  const { page, asked, close } = await openWith(() => isBad, "hang", { name: "bytesToSign", view: "record" });
  await page.evaluate(([record, earlier]) => {
    localStorage.setItem("cloud-witness.record", record);
    localStorage.setItem("cloud-witness.record-earlier", earlier);
  }, records);
  await page.reload();
  await ready(page);
  for (const times of [1, 2]) {
    await waitForAsked(page, "bytesToSign", times);
    await page.clock.runFor(21_000);
  }
  const failed = page.locator("[data-failed]");
  await failed.getByText("no answer within 20 seconds").waitFor();
  assert.equal(await count(asked, "openCeremony"), 0, "nothing is opened beside a record that was not read");
  isBad = false;
  await failed.getByRole("button", { name: "Try again" }).click();
  await page.locator("[data-verdict]").first().waitFor();
  await close();
});
