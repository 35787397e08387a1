// What the page says about where something stays: never that it is kept where the browser refuses that, or takes no more.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { goTo, loadSample, open, ready, sample, setUp } from "./harness.mjs";
import { addBuild, BUILD } from "./states.mjs";

const held = setUp();
const TOKENS = JSON.parse(await readFile(new URL("../../tests/tokens/vectors.json", import.meta.url), "utf8"));

/** The ways in which a browser keeps nothing: by refusing the storage, by refusing each write, by saying nothing. */
const REFUSALS = {
  "refuses its storage": () => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB"]) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException("The operation is insecure.", "SecurityError"); } });
    }
  },
  "refuses each write": () => {
    Storage.prototype.setItem = () => { throw new DOMException("no room", "QuotaExceededError"); };
    IDBFactory.prototype.open = () => { throw new DOMException("A mutation operation was attempted on a database that did not allow mutations.", "InvalidStateError"); };
  },
  "forgets without a word": () => {
    Storage.prototype.setItem = () => {};
    IDBFactory.prototype.open = () => { throw new DOMException("The operation is insecure.", "SecurityError"); };
  },
};

/** Views that say where something stays, with what has to be there for it. */
const VIEWS = {
  attesters: (page) => addBuild(page, BUILD),
  ceremony: async () => {},
  check: async () => {},
  colocation: async () => {},
  token: async (page) => {
    for (const [name, text] of [["keys", TOKENS.keys], ["alliance", JSON.stringify(TOKENS.alliance.open)]]) {
      await page.locator(`#field-token-${name}`).setInputFiles({ name: "list.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await page.locator(`[data-list=${name}]`).getByText("Your own list").waitFor();
    }
  },
  schedule: (page) => page.getByRole("button", { name: "Begin today" }).click(),
  record: async (page) => {
    await page.locator("#field-record").setInputFiles({ name: "record.json", mimeType: "application/json", buffer: Buffer.from("{}") });
    await page.locator("[data-verdict], [data-failed]").first().waitFor();
  },
};

const NAMES = { ceremony: "Ceremony", attesters: "Attesters", check: "Check", colocation: "Colocation", token: "Trust token", schedule: "Schedule", record: "Record" };

const PROMISE = /kept in this browser|also over a reload|for as long as|is kept\b/;
const WARNING = /This browser keeps nothing|as this browser (does not keep it|keeps nothing)/;

for (const [what, prepare] of Object.entries(REFUSALS)) {
  test(`in a browser that ${what} no view says that something is kept, and each says that it is not`, async () => {
    const { page, close } = await open(held.browser, held.site.url, {}, { prepare, view: "attesters" });
    // In one tab all the while: a list that is added in one view counts in another.
    for (const [view, reach] of Object.entries(VIEWS)) {
      if (view !== "attesters") await goTo(page, NAMES[view]);
      await reach(page);
      const said = await page.locator("main").textContent();
      assert.doesNotMatch(said, PROMISE, view);
      if (view !== "check") assert.match(said, WARNING, view);
    }
    await goTo(page, "Attesters");
    assert.equal(await page.locator(".build").count(), 1, "what was entered works until the tab is closed");
    await goTo(page, "Check");
    assert.match(await page.locator("main").textContent(), /Your list, in this tab alone, as this browser does not keep it, has 1 build/);
    await goTo(page, "Ceremony");
    await page.getByText("whether a challenge was used in an earlier visit").waitFor();
    await goTo(page, "Keys");
    await page.getByText("This browser keeps no keys").waitFor();
    assert.doesNotMatch(await page.locator("main").textContent(), PROMISE);
    await close();
  });
}

test("in a browser that keeps things each view says so, for how long, and what a private window does", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "attesters" });
  const LONG = /for as long as it keeps this site's data; a private window forgets it when it closes/;
  for (const [view, reach] of Object.entries(VIEWS)) {
    if (view !== "attesters") await goTo(page, NAMES[view]);
    await reach(page);
    const said = await page.locator("main").textContent();
    assert.doesNotMatch(said, /keeps nothing|does not keep|refused to keep/, view);
    if (["ceremony", "attesters", "colocation"].includes(view)) assert.match(said, LONG, view);
    if (["check", "token"].includes(view)) assert.match(said, /kept for as long as this browser keeps this site's data/, view);
  }
  await goTo(page, "Keys");
  assert.match(await page.locator("main").textContent(), LONG);
  await page.getByRole("button", { name: "Make a key" }).click();
  await page.locator(".key-line").waitFor();
  assert.match(await page.locator("main").textContent(), LONG);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes("probe"))), [], "nothing of the asking stays");
  await page.reload();
  await ready(page);
  assert.equal(await page.locator(".key-line").count(), 1);
  await close();
});

test("a browser whose storage is full later says so of what did not fit, and of nothing else", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "ceremony" });
  await page.locator("#field-name-0").fill("Peter");
  assert.match(await page.locator("main").textContent(), PROMISE);
  await page.evaluate(() => {
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (key, text) {
      if (key === "cloud-witness.ceremony") throw new DOMException("no room", "QuotaExceededError");
      setItem.call(this, key, text);
    };
    window.makeRoom = () => (Storage.prototype.setItem = setItem);
  });
  await page.locator("#field-name-0").fill("Peter Prover");
  await page.getByText("This browser refused to keep it; its storage for this site may be full: save what was entered before you close the tab.").waitFor();
  assert.equal(await page.locator("#field-name-0").inputValue(), "Peter Prover");
  await goTo(page, "Attesters");
  assert.match(await page.locator("main").textContent(), /The list is kept in this browser only/);
  await goTo(page, "Ceremony");
  await page.evaluate(() => window.makeRoom());
  await page.locator("#field-name-0").fill("Peter P. Prover");
  await page.getByText("What you enter is kept in this browser only").waitFor();
  await close();
});

test("a newer version does not promise a ceremony that this browser does not keep", async () => {
  for (const [prepare, words] of [[() => {}, /Check is then gone; a ceremony is kept\./], [REFUSALS["refuses each write"], /Check is then gone; a ceremony is gone too, as this browser does not keep it: save it first\./]]) {
    const context = await held.browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(prepare);
    await page.addInitScript(() => {
      // As after a visit before, with another version that waits.
      const none = () => {};
      const worker = { addEventListener: none, state: "installed" };
      const registration = { addEventListener: none, installing: null, waiting: worker, active: worker, update: async () => {} };
      Object.defineProperty(Navigator.prototype, "serviceWorker", { value: { register: async () => registration, controller: null, addEventListener: none } });
    });
    await page.goto(held.site.url);
    await page.locator("footer [data-copy=newer]").waitFor();
    assert.match(await page.locator("footer").textContent(), words);
    await context.close();
  }
});

test("where nothing is kept, a verifier that gives no answer does not send anybody to reload without saying what that costs", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { prepare: REFUSALS["refuses each write"] });
  await page.evaluate(() => {
    // As workers of which none comes to its end.
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (call) {
      if (call.name === "appraise") this.dispatchEvent(new Event("error"));
      else post.call(this, call);
    };
  });
  await loadSample(page);
  await page.getByRole("button", { name: "Verify", exact: true }).press("Enter");
  await page.locator("[data-refused=NO_ANSWER]").getByText("which loses what was entered and not saved, as this browser keeps nothing").waitFor();
  await close();
});
