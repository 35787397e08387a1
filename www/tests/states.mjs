// Every state of the page that a person can come to, by name: for the tests of its looks and for the screenshots.

import assert from "node:assert/strict";
import { join } from "node:path";
import { fillIn, vector } from "./fill-in.mjs";
import { loadSample, ready, sample, verify } from "./harness.mjs";
import { SAMPLE_CEREMONY, wholeCeremony } from "./hold.mjs";

const OTHER_CHALLENGE = "48656c6c6f2c20776f726c6422";

export const BUILD = {
  mr_enclave: "33d8736db756ed4997e04ba358d27833188f1932ff7b1d156904d3f560452fbb",
  image: "ghcr.io/proofofcloud/attester@sha256:2ae052dd244ab12880bf7a77b6580a289761d10bb19764310e4c44bbd8c5f14c",
  source: "built from the attester's repository on my own machine",
  added_by: "Ada of Example Labs",
};

/** A state that no real machine's sample reaches is reached with a forged one, on the page over the test-only root. */
export const STATES = {
  front: { view: "", reach: async () => {} },
  "verify this page": {
    view: "about",
    reach: async (page) => {
      await page.getByRole("button", { name: "Fetch and digest" }).click();
      await page.getByText(/^Every file that is served is as/).waitFor();
    },
  },
  "empty form": { view: "check", reach: async () => {} },
  "form with every input open": {
    view: "check",
    reach: async (page) => {
      await page.locator("#field-challenge").fill(OTHER_CHALLENGE);
      await page.locator(".settings > summary").click();
      for (const id of ["collateral-own", "time-as_of", "policy-own"]) await page.locator(`#${id}`).click();
      for (const summary of await page.locator(".paste summary").all()) await summary.click();
    },
  },
  "asked too early": { view: "check", reach: (page) => page.getByRole("button", { name: "Verify", exact: true }).click() },
  affirming: {
    view: "check",
    isForged: true,
    reach: async (page) => {
      await fillIn(page, await vector("affirming-now"));
      await verifyAs(page, "affirming");
    },
  },
  warning: {
    view: "check",
    reach: async (page) => {
      await loadSample(page);
      await verifyAs(page, "warning");
    },
  },
  "warning, all unfolded": {
    view: "check",
    reach: async (page) => {
      await loadSample(page);
      await verifyAs(page, "warning");
      for (const summary of await page.locator("main summary").all()) await summary.click();
    },
  },
  contraindicated: {
    view: "check",
    reach: async (page) => {
      await loadSample(page);
      await page.locator("#field-challenge").fill(OTHER_CHALLENGE);
      await verifyAs(page, "contraindicated");
    },
  },
  none: {
    view: "check",
    reach: async (page) => {
      await loadSample(page);
      await page.locator(".settings > summary").click();
      await page.locator("#time-now").click();
      await verifyAs(page, "none");
    },
  },
  "bad file": {
    view: "check",
    reach: async (page) => {
      await page.locator("#field-evidence").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("These are my notes of the call.\n") });
      await verifyAs(page, "none");
    },
  },
  "challenge maker": {
    view: "challenge",
    reach: async (page) => {
      await page.getByRole("button", { name: "Make a challenge" }).click();
      await page.locator(".digits").waitFor();
    },
  },
  "challenge over": {
    view: "challenge",
    reach: async (page) => {
      await page.getByRole("button", { name: "Make a challenge" }).click();
      await page.clock.install();
      await page.clock.runFor(16 * 60 * 1000);
      await page.locator("[data-over=true]").waitFor();
    },
  },
  "attester list": { view: "attesters", reach: (page) => addBuild(page, BUILD) },
  "attester list, refused": {
    view: "attesters",
    reach: async (page) => {
      await addBuild(page, BUILD);
      await page.locator("#field-build-mr_enclave").fill("123");
      await page.getByRole("button", { name: "Add to the list" }).click();
      await page.locator("#field-build-mr_enclave-problem").waitFor();
      await page.locator("#field-import").setInputFiles({ name: "list.json", mimeType: "application/json", buffer: Buffer.from("[{}]") });
      await page.locator("#import-said .problem").waitFor();
    },
  },
};

const CEREMONY_STEPS = ["participants", "colocation", "console", "challenge", "command", "hash", "file", "appraisal", "outcome"];

/** What a browser keeps at each step of a ceremony that was held once, and of its record. */
let keptAtEachStep;

async function holdOnce(browser, url) {
  const kept = {};
  const storage = (page) => page.evaluate(() => ({ ...localStorage }));
  const { recorder, all, first } = await wholeCeremony(browser, url, sample.at, SAMPLE_CEREMONY, async (step, { page }) => {
    kept[step] = await storage(page);
  });
  kept.signed = await storage(recorder.page);
  kept.unsigned = { "cloud-witness.record": first };
  kept.damaged = { "cloud-witness.record": kept.signed["cloud-witness.record"].replace("eyJ", "eyK") };
  for (const { close } of all) await close();
  return kept;
}

function ceremonyAt(step, view = "ceremony", seconds = 60) {
  return {
    view,
    reach: async (page) => {
      keptAtEachStep ??= holdOnce(page.context().browser(), page.url().split("#")[0]);
      const kept = (await keptAtEachStep)[step];
      await page.clock.setFixedTime((sample.at + seconds) * 1000);
      await page.evaluate((entries) => {
        for (const [key, text] of Object.entries(entries)) localStorage.setItem(key, text);
      }, kept);
      await page.reload();
      await ready(page);
      await page.locator(view === "record" ? "[data-verdict]" : `[data-step=${step}][data-state=now]`).first().waitFor();
      if (step === "appraisal") await page.locator("[data-verdict]").waitFor();
    },
  };
}

for (const step of CEREMONY_STEPS) STATES[`ceremony, ${step}`] = ceremonyAt(step);
STATES["record to sign"] = ceremonyAt("unsigned", "record");
STATES["record to sign, days later"] = ceremonyAt("unsigned", "record", 3 * 86_400);
STATES["record signed"] = ceremonyAt("signed", "record");
STATES["record damaged"] = ceremonyAt("damaged", "record");
STATES.documentation = { view: "docs", reach: async () => {} };
STATES["documentation, a page"] = { view: "docs/report", reach: (page) => page.getByRole("heading", { name: "From rows to the verdict" }).waitFor() };
STATES.collateral = { view: "collateral", reach: (page) => page.locator("tbody tr").first().waitFor() };
STATES["many files"] = {
  view: "many",
  reach: async (page) => {
    const samples = process.env.DCAP_QVL_SAMPLES;
    await page.locator("#field-many-collateral").setInputFiles(join(samples, "sgx_quote_collateral.json"));
    await page.locator("#field-many-asOf").fill("2025-06-20 00:00:00");
    const files = ["sgx_quote", "tdx_quote", "sgx_quote_collateral.json"].map((name) => join(samples, name));
    await page.locator("#field-many").setInputFiles(files);
    await page.getByText("Done: 3 of 3").waitFor();
  },
};
STATES.keys = {
  view: "keys",
  reach: async (page) => {
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.locator(".key-line").waitFor();
  },
};

/** By width and theme: a desktop and a phone, in light and in dark. */
export const SCREENS = [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "light", viewport: { width: 390, height: 800 } },
  { colorScheme: "dark", viewport: { width: 390, height: 800 } },
];

export async function addBuild(page, build) {
  for (const [name, value] of Object.entries(build)) await page.locator(`#field-build-${name}`).fill(value);
  await page.getByRole("button", { name: "Add to the list" }).click();
  await page.locator(".build").first().waitFor();
}

async function verifyAs(page, verdict) {
  assert.equal((await verify(page)).verdict, verdict);
}
