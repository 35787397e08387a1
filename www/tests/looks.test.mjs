// Every state, in both themes and at phone width: no accessibility violation, nothing cut off, never green for the past.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { assertQuiet, loadSample, open, setUp, verify } from "./harness.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The least width that WCAG asks for (1.4.10): 1280 pixels at 400 % zoom. */
const NARROWEST = 320;

const STATES = {
  "empty form": async () => {},
  "form with every input open": async (page) => {
    await page.getByRole("button", { name: "Make a challenge" }).click();
    await page.locator("#field-challenge").fill("48656c6c6f2c20776f726c6421");
    for (const id of ["collateral-own", "time-as_of", "policy-own"]) await page.locator(`#${id}`).click();
    for (const summary of await page.locator(".paste summary").all()) await summary.click();
  },
  "asked too early": (page) => page.getByRole("button", { name: "Verify", exact: true }).click(),
  "the sample's Report": async (page) => {
    await loadSample(page);
    assert.equal((await verify(page)).verdict, "warning");
    for (const summary of await page.locator("main summary").all()) await summary.click();
  },
  "another challenge": async (page) => {
    await loadSample(page);
    await page.locator("#field-challenge").fill("48656c6c6f2c20776f726c6422");
    assert.equal((await verify(page)).verdict, "contraindicated");
  },
  "a file that is no quote": async (page) => {
    await page.locator("#field-evidence").setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("notes") });
    assert.equal((await verify(page)).verdict, "none");
  },
};

const SCREENS = [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "light", viewport: { width: 390, height: 800 } },
  { colorScheme: "dark", viewport: { width: 390, height: 800 } },
];

const held = setUp();

for (const [state, reach] of Object.entries(STATES)) {
  test(`${state}: no accessibility violation, and all of it fits`, async () => {
    for (const screen of SCREENS) {
      const { page, seen, close } = await open(held.browser, held.site.url, { ...screen, reducedMotion: "reduce" });
      await reach(page);
      await page.evaluate(axeSource);
      const violations = await page.evaluate(async () => {
        // Target size (WCAG 2.2) is off in axe unless asked for.
        const { violations: found } = await window.axe.run(document, { rules: { "target-size": { enabled: true } } });
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      });
      const where = `${screen.viewport.width} ${screen.colorScheme}`;
      assert.deepEqual(violations, [], where);
      await page.setViewportSize({ width: NARROWEST, height: 800 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${where}: no sideways scrolling`);
      assertQuiet(seen);
      await close();
    }
  });
}

test("a Report about the past shows nothing in green, and says what it is about", async () => {
  for (const { colorScheme } of SCREENS.slice(0, 2)) {
    const { page, close } = await open(held.browser, held.site.url, { colorScheme });
    await loadSample(page);
    await verify(page);
    const green = await page.evaluate(() => {
      const isGreen = (color) => {
        const [red, green, blue] = color.match(/\d+(\.\d+)?/g).map(Number);
        return green > red + 15 && green > blue + 15;
      };
      return [...document.querySelectorAll("main *")].flatMap((element) => {
        const { color, backgroundColor, borderLeftColor } = getComputedStyle(element);
        return [color, backgroundColor, borderLeftColor].filter(isGreen);
      });
    });
    assert.deepEqual(green, []);
    assert.match(await page.locator(".verdict").textContent(), /as of [^]*2025-06-20[^]*nothing about today/);
    await close();
  }
});

test("on paper there is the whole Report, in light colours, without the form", async () => {
  const { page, close } = await open(held.browser, held.site.url, { colorScheme: "dark" });
  await loadSample(page);
  await verify(page);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.ok(!(await page.locator("form").isVisible()));
  assert.ok(await page.locator("[data-check=registry]").isVisible());
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  assert.equal(await page.locator("main details:not([open])").count(), 0, "what is folded is printed too");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.ok((await page.locator("main details:not([open])").count()) > 0);
  await close();
});
