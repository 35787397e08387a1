// Every state of the page that a person can come to, by name: for the tests of its looks and for the screenshots.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fillIn } from "./fill-in.mjs";
import { loadSample, verify } from "./harness.mjs";

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

async function vector(name) {
  const folders = await readdir(process.env.CW_VECTORS_DIR);
  const folder = join(process.env.CW_VECTORS_DIR, folders.find((one) => one.replace(/^\d+-/, "") === name));
  return { folder, ...JSON.parse(await readFile(join(folder, "case.json"), "utf8")) };
}
