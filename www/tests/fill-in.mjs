// Fills in the form for a vector as a person would; only the clock is set from outside.

import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { goTo } from "./harness.mjs";

/** A vector by its name without the number. */
export async function vector(name) {
  const folders = await readdir(process.env.CW_VECTORS_DIR);
  const folder = join(process.env.CW_VECTORS_DIR, folders.find((one) => one.replace(/^\d+-/, "") === name));
  return { folder, ...JSON.parse(await readFile(join(folder, "case.json"), "utf8")) };
}

export async function fillIn(page, { folder, request }) {
  const file = (name) => join(folder, name);
  await useAttesters(page, existsSync(file("attesters.json")) ? file("attesters.json") : null);
  await useMachines(page, folder);
  await page.locator("#field-evidence").setInputFiles(file("evidence.bin"));

  if (request.challenge !== undefined) {
    await page.locator("#field-challenge").fill(request.challenge);
    if (request.challengeIssuedAt !== undefined) await page.locator("#field-challengeReadOut").fill(moment(request.challengeIssuedAt));
    if (request.challengeMinutes !== undefined) await page.locator("#field-challengeMinutes").fill(String(request.challengeMinutes));
  }
  if (request.sha256 !== undefined) await page.locator("#field-notedHash").fill(request.sha256);

  await page.locator("#collateral-own").press("Space");
  if (existsSync(file("collateral.json"))) {
    await page.locator("#field-collateral").setInputFiles(file("collateral.json"));
    await page.locator("#field-collateralFrom").selectOption(request.collateralFrom ?? "applicant");
  }

  if (!(await page.locator("#time-now").isVisible())) await page.locator(".settings > summary").press("Enter");
  const time = request.time ?? (request.at === undefined ? "now" : "as_of");
  if (time === "as_of") {
    await page.locator("#time-as_of").press("Space");
    await page.locator("#field-asOf").fill(moment(request.at));
  } else if (request.at !== undefined) {
    await page.clock.setFixedTime(request.at * 1000);
  }

  if (request.policy?.startsWith("{")) {
    await page.locator("#policy-own").press("Space");
    const paste = page.locator(".paste", { has: page.locator("#paste-policy") });
    await paste.locator("summary").press("Enter");
    await paste.locator("textarea").fill(request.policy);
  } else if (request.policy !== undefined) {
    await page.locator(`#policy-${request.policy}`).press("Space");
  }

  // Files are read in their own time; Verify would say so, a person would press it again.
  await page.waitForFunction(() => !document.body.textContent.includes("Reading evidence.bin") && !/Reading \S+\.json…/.test(document.body.textContent));
}

/** Makes `file` the whole list of attester builds; null for none. */
async function useAttesters(page, file) {
  const isEmpty = await page.getByText("Your list is empty").isVisible();
  if (file === null && isEmpty) return;
  await goTo(page, "Attesters");
  if (!isEmpty) await page.getByRole("button", { name: "Remove all" }).press("Enter");
  if (file !== null) {
    await page.locator("#field-import").setInputFiles(file);
    await page.locator("#import-said > p").waitFor();
  }
  await goTo(page, "Check");
}

/** The lists of known and of revoked machines, which stay from one case to the next unless they are removed. */
async function useMachines(page, folder) {
  const names = await readdir(folder);
  const wanted = [["known", "registry"], ["revoked", "revoked"]].map(([list, prefix]) => [list, names.filter((name) => name.startsWith(`${prefix}-`)).sort()]);
  const isLoaded = loaded.get(page) ?? false;
  loaded.set(page, wanted.some(([, files]) => files.length > 0));
  if (!isLoaded && !loaded.get(page)) return;
  await goTo(page, "Machines");
  for (const [list, files] of wanted) {
    const title = page.locator(`#list-${list}-title`);
    const remove = page.getByRole("button", { name: `Remove the list of ${list} machines` });
    if (await remove.isVisible()) {
      await remove.press("Enter");
      await title.filter({ hasText: "no list" }).waitFor();
    }
    if (files.length > 0) {
      await page.locator(`#field-list-${list}`).setInputFiles(files.map((name) => join(folder, name)));
      await title.filter({ hasNotText: "no list" }).waitFor();
    }
  }
  await goTo(page, "Check");
}

/** Whether a page has such a list. */
const loaded = new WeakMap();

function moment(seconds) {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}
