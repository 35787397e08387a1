// Every state at the width of a desktop and of a phone, in both themes: no accessibility violation, nothing cut off, never
// green for the past; and, on the same walk, a picture of each for people to look at.
//
//   CW_SCREENSHOTS_DIR  where the pictures go; without it there are none
//   CW_SCREENSHOTS_ALL  every state on every screen, whole pages; otherwise what the docs show

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { assertQuiet, loadSample, open, serve, setUp, verify } from "./harness.mjs";
import { SCREENS, STATES } from "./states.mjs";

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The least width that WCAG asks for (1.4.10): 1280 pixels at 400 % zoom. */
const NARROWEST = 320;

/** All that the theme can make a difference to: a theme is a set of colours and nothing else (see the test of the style below). */
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];

const FOLDER = process.env.CW_SCREENSHOTS_DIR;
const ALL = process.env.CW_SCREENSHOTS_ALL !== undefined;
const isPhone = ({ viewport }) => viewport.width < 640;
const widths = [...new Set(SCREENS.map(({ viewport }) => viewport.width))];

const held = setUp();

before(() => FOLDER && mkdir(FOLDER, { recursive: true }));

for (const [state, { view, isForged = false, reach }] of Object.entries(STATES)) {
  test(`${state}: no accessibility violation, and all of it fits`, async () => {
    const site = isForged ? await serve(process.env.CW_FORGED_SITE_DIR) : held.site;
    for (const width of widths) {
      // Gone to once a width. The docs show it light on a desktop and dark on a phone, so it starts out like that.
      const screens = SCREENS.filter(({ viewport }) => viewport.width === width);
      const first = screens.find(({ colorScheme, viewport }) => (colorScheme === "dark") === isPhone({ viewport }));
      const { page, seen, close } = await open(held.browser, site.url, { ...first, reducedMotion: "reduce" }, { view });
      await reach(page);
      await page.evaluate(axeSource);
      for (const screen of [first, ...screens.filter((other) => other !== first)]) {
        await page.emulateMedia({ colorScheme: screen.colorScheme, reducedMotion: "reduce" });
        if (ALL || screen === first) await picture(page, state, screen);
        const where = `${width} ${screen.colorScheme}`;
        assert.deepEqual(await violations(page, screen === first ? null : RULES_OF_COLOUR), [], where);
      }
      await page.setViewportSize({ width: NARROWEST, height: 800 });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${width}: no sideways scrolling`);
      assertQuiet(seen);
      await close();
    }
    if (isForged) await site.close();
  });
}

async function picture(page, state, screen) {
  if (FOLDER === undefined) return;
  const name = `${state.replace(/[^a-z]+/g, "-")}-${isPhone(screen) ? "phone" : "desktop"}-${screen.colorScheme}.png`;
  await page.screenshot({ path: join(FOLDER, name), fullPage: ALL, animations: "disabled" });
}

/** What axe finds: by all its rules, or by these alone. */
function violations(page, only) {
  return page.evaluate(async (names) => {
    // Target size (WCAG 2.2) is off in axe unless asked for.
    const options = names === null ? { rules: { "target-size": { enabled: true } } } : { runOnly: { type: "rule", values: names } };
    const { violations: found } = await window.axe.run(document, options);
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
  }, only);
}

test("a theme sets colours and nothing else, so that what is not of colour need be looked at in one", async () => {
  const { page, close } = await open(held.browser, held.site.url, {});
  const others = await page.evaluate(() => {
    const ofTheme = (rules) => [...rules].flatMap((rule) => (rule.media?.mediaText.includes("prefers-color-scheme") ? [...rule.cssRules] : rule.cssRules && rule.media ? ofTheme(rule.cssRules) : []));
    const rules = [...document.styleSheets].flatMap((sheet) => ofTheme(sheet.cssRules));
    if (rules.length === 0) return ["there is no theme"];
    return rules.flatMap((rule) => [...rule.style].filter((name) => {
      const value = rule.style.getPropertyValue(name).trim();
      return name !== "color-scheme" && !(name.startsWith("--") && CSS.supports("color", value)) && !(!name.startsWith("--") && /color/.test(name));
    }).map((name) => `${rule.selectorText}: ${name}`));
  });
  assert.deepEqual(others, []);
  await close();
});

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
  const pdf = await page.pdf({ preferCSSPageSize: true, ...(FOLDER && { path: join(FOLDER, "report.pdf") }) });
  assert.equal(pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length, 2);
  await close();
});
