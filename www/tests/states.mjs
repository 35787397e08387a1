// Every state of the page that a person can come to, by name: for the tests of its looks and for the screenshots.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { addAddresses, addHeartbeat, addItem, check, heartbeatLog, MACHINE } from "./colocated.mjs";
import { fillIn, vector } from "./fill-in.mjs";
import { goTo, loadSample, readDownload, ready, sample, verify } from "./harness.mjs";
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
  const { recorder, all, first } = await wholeCeremony(browser, url, sample.at, { ...SAMPLE_CEREMONY, recording: "https://example.com/recordings/17" }, async (step, { page }) => {
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
      await page.locator({ record: "[data-verdict]", enrol: ".enrol-view .hex" }[view] ?? `[data-step=${step}][data-state=now]`).first().waitFor();
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
STATES["documentation, a page of wide tables"] = { view: "docs/colocation", reach: (page) => page.getByRole("heading", { name: "Evidence of colocation" }).waitFor() };
STATES.collateral = { view: "collateral", reach: (page) => page.locator("tbody tr").first().waitFor() };
STATES["many files"] = {
  view: "many",
  reach: async (page) => {
    const samples = process.env.DCAP_QVL_SAMPLES;
    await page.locator("#field-many-collateral").setInputFiles(join(samples, "sgx_quote_collateral.json"));
    await page.locator(".many-settings bdi", { hasText: "_collateral.json" }).waitFor();
    await page.locator("#field-many-asOf").fill("2025-06-20 00:00:00");
    const files = ["sgx_quote", "tdx_quote", "sgx_quote_collateral.json"].map((name) => join(samples, name));
    await page.locator("#field-many").setInputFiles(files);
    await page.getByText("Done: 3 of 3").waitFor();
  },
};
STATES["colocation, empty"] = { view: "colocation", reach: (page) => page.getByRole("heading", { name: "Templates to start from" }).waitFor() };
STATES["colocation, every kind"] = {
  view: "colocation",
  reach: async (page) => {
    const kinds = await page.locator("#field-kind option").evaluateAll((all) => all.map(({ value }) => value));
    for (const kind of kinds) await addItem(page, kind);
  },
};
STATES["colocation, checked"] = {
  view: "colocation",
  reach: async (page) => {
    // A quiet hour, an hour of failing polls, and an hour from which lines were taken out.
    const [from, seconds] = [sample.at - 100_000, 86_400];
    const log = heartbeatLog({
      from, seconds,
      silent: (second) => second >= 20_000 && second < 26_000,
      failing: (second) => second >= 40_000 && second < 43_000,
    });
    log.lines.splice(6000, 40);
    await page.clock.setFixedTime(sample.at * 1000);
    await page.locator("#field-machine").fill(MACHINE);
    await addAddresses(page, { at: sample.at - 60 });
    await addHeartbeat(page, { ...log, text: `${log.lines.join("\n")}\n` }, from, from + seconds);
    await addItem(page, "beacon");
    await check(page);
    for (const summary of await page.locator(".item-result summary").all()) await summary.press("Enter");
  },
};
STATES.keys = {
  view: "keys",
  reach: async (page) => {
    await page.getByRole("button", { name: "Make a key" }).click();
    await page.locator(".key-line").waitFor();
  },
};

const KNOWN = [
  "# id,label", "d04ec06d4e6d92dc90d0ad3cf5ee2ddf,\"Example Compute, hall 4\"", "811dca2a26b952e85bb6448b097ba4fd,Second Cloud rack 12",
  "3c17fc966c5d41f242ba88f9eb7b4a6cc0bac19188807d73a0233d4b9c15c32c,an id of before 2026", "abc,odd", `${"ab".repeat(16)},=SUM(A1)`,
];
const lines = (all) => ({ name: "known.csv", mimeType: "text/csv", buffer: Buffer.from(`${all.join("\n")}\n`) });

STATES["known machines, none loaded"] = { view: "registry", reach: async () => {} };
STATES["known machines"] = {
  view: "registry",
  reach: async (page) => {
    await page.locator("#field-list-known").setInputFiles(lines(KNOWN));
    await page.locator("[data-machine]").first().waitFor();
    await page.locator("#field-list-revoked").setInputFiles(lines([`${"cd".repeat(16)},sold in May`]));
    await page.locator("[data-machines=revoked] [data-machine]").waitFor();
  },
};
STATES["known machine"] = {
  view: "registry",
  reach: async (page) => {
    await page.locator("#field-list-known").setInputFiles(lines(KNOWN.slice(0, 3)));
    await page.locator("[data-machine]").first().waitFor();
    await goTo(page, "Start");
    await loadSample(page);
    await page.locator("[data-check=registry][data-outcome=pass]").scrollIntoViewIfNeeded();
  },
};
STATES["nothing to propose"] = { view: "enrol", reach: async () => {} };
STATES["proposal asked too early"] = {
  view: "enrol",
  reach: async (page) => {
    await ceremonyAt("unsigned", "enrol").reach(page);
    await propose(page, "[data-refused]");
  },
};
STATES.proposal = {
  view: "enrol",
  reach: async (page) => {
    await ceremonyAt("signed", "enrol").reach(page);
    await propose(page, "[data-proposal]");
  },
};
STATES["second witness"] = { view: "second", reach: async () => {} };
STATES["second witness, checked"] = {
  view: "enrol",
  reach: async (page) => {
    await STATES.proposal.reach(page);
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Save the patch" }).press("Enter")]);
    const patch = { name: download.suggestedFilename(), mimeType: "text/x-patch", buffer: Buffer.from(await readDownload(download)) };
    await goTo(page, "Second witness");
    await page.locator("#field-patch").setInputFiles(patch);
    await page.locator("#field-base-known").setInputFiles({ name: "known.csv", mimeType: "text/csv", buffer: Buffer.from("") });
    await page.getByText("known.csv,").waitFor();
    await page.getByRole("button", { name: "Check the patch" }).press("Enter");
    await page.locator(".second-view [data-verdict]").waitFor();
  },
};

async function propose(page, selector) {
  await page.locator("#field-author-name").fill("Wanda Witness");
  await page.locator("#field-author-email").fill("wanda@alpha.example");
  await page.getByRole("button", { name: "Make the proposal" }).press("Enter");
  await page.locator(selector).waitFor();
}

const TOKENS = JSON.parse(await readFile(new URL("../../tests/tokens/vectors.json", import.meta.url), "utf8"));

function tokenOf(name, quote) {
  return {
    view: "token",
    reach: async (page) => {
      const json = (text) => ({ name: "list.json", mimeType: "application/json", buffer: Buffer.from(text) });
      await page.locator("#field-token-keys").setInputFiles(json(TOKENS.keys));
      await page.locator("#field-token-alliance").setInputFiles(json(JSON.stringify(TOKENS.alliance.open)));
      await page.locator("[data-list=alliance]").getByText("Your own list").waitFor();
      if (quote !== undefined) {
        await page.locator("#field-token-quote").setInputFiles(join(process.env.DCAP_QVL_SAMPLES, quote));
        await page.locator("#field-token-collateral").setInputFiles(join(process.env.DCAP_QVL_SAMPLES, `${quote}_collateral.json`));
        await page.getByText(`${quote}_collateral.json,`).waitFor({ state: "attached" });
      }
      await page.locator("#field-token-asOf").fill("2025-06-20 00:00:00");
      await page.locator("#field-token").fill(TOKENS.vectors.find((vector) => vector.name === name).token);
      await page.getByRole("button", { name: "Check the token" }).press("Enter");
      await page.locator(".token-view [data-verdict]").first().waitFor();
    },
  };
}
STATES["token, empty"] = { view: "token", reach: async () => {} };
STATES["token checked"] = tokenOf("with-its-quote", "tdx_quote");
STATES["token refused"] = tokenOf("alg-none");
STATES["schedule, empty"] = { view: "schedule", reach: async () => {} };
STATES.schedule = {
  view: "schedule",
  reach: async (page) => {
    await page.locator("#field-schedule").setInputFiles({ name: "schedule.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify({
      version: 1, slots: { Morning: { day: 2, time: "09:00" }, Evening: { day: 4, time: "17:00" } }, minutes: 60, from: "2026-10-26", weeks: 2,
      link: "https://example.com/call", turns: { "2026-10-27 Morning": [0, 1], "2026-10-29 Evening": [1, 2], "2026-11-03 Morning": [0] },
      people: [
        { name: "Ada", project: "Example Labs", zone: "Europe/Berlin" }, { name: "Bo", project: "Beta", zone: "Asia/Tokyo" },
        { name: "Cleo", project: "Gamma", zone: "America/New_York" },
      ],
    })) });
    await page.locator("[data-call]").first().waitFor();
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
