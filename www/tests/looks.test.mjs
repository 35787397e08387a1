// Every state, in both themes and at phone width: no accessibility violation, nothing cut off, never green for the past.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { assertQuiet, loadSample, open, serve, setUp, verify } from "./harness.mjs";
import { SCREENS, STATES } from "./states.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The least width that WCAG asks for (1.4.10): 1280 pixels at 400 % zoom. */
const NARROWEST = 320;

const held = setUp();

for (const [state, { view, isForged = false, reach }] of Object.entries(STATES)) {
  test(`${state}: no accessibility violation, and all of it fits`, async () => {
    const site = isForged ? await serve(process.env.CW_FORGED_SITE_DIR) : held.site;
    for (const screen of SCREENS) {
      const { page, seen, close } = await open(held.browser, site.url, { ...screen, reducedMotion: "reduce" }, { view });
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
    if (isForged) await site.close();
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

test("on paper there is the whole Report on two pages, in light colours, without the form", async () => {
  const { page, close } = await open(held.browser, held.site.url, { colorScheme: "dark" });
  await loadSample(page);
  await verify(page);
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.ok(!(await page.locator("form").isVisible()));
  assert.ok(await page.locator("[data-check=registry]").isVisible());
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
  assert.ok(await page.locator(".chain-list li").first().isVisible(), "what belongs on paper is unfolded");
  await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
  assert.ok(!(await page.locator(".chain-list li").first().isVisible()));
  const pdf = await page.pdf({ preferCSSPageSize: true });
  assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 2);
  await close();
});
