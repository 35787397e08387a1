// A picture of every state, for people to look at.
//
//   CW_SCREENSHOTS_DIR  where they go; without it this makes none
//   CW_SCREENSHOTS_ALL  every state on every screen, whole pages; otherwise what the docs show

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { open, serve, setUp } from "./harness.mjs";
import { SCREENS, STATES } from "./states.mjs";

const FOLDER = process.env.CW_SCREENSHOTS_DIR;
const ALL = process.env.CW_SCREENSHOTS_ALL !== undefined;

/** The page can't know it, and nothing secret is in it: the docs show it once, light on a desktop and dark on a phone. */
const SHOWN = SCREENS.filter(({ colorScheme, viewport }) => ALL || (colorScheme === "dark") === (viewport.width < 640));

const held = setUp();

test("pictures of every state", { skip: FOLDER === undefined && "CW_SCREENSHOTS_DIR is not set" }, async (t) => {
  await mkdir(FOLDER, { recursive: true });
  const forged = await serve(process.env.CW_FORGED_SITE_DIR);
  for (const [name, { view, isForged = false, reach }] of Object.entries(STATES)) {
    await t.test(name, async () => {
      for (const screen of SHOWN) {
        const { page, close } = await open(held.browser, (isForged ? forged : held.site).url, { ...screen, reducedMotion: "reduce" }, { view });
        await reach(page);
        const width = screen.viewport.width < 640 ? "phone" : "desktop";
        const path = join(FOLDER, `${name.replace(/[^a-z]+/g, "-")}-${width}-${screen.colorScheme}.png`);
        await page.screenshot({ path, fullPage: ALL, animations: "disabled" });
        await close();
      }
    });
  }
  await forged.close();
});

test("the Report on paper", { skip: FOLDER === undefined && "CW_SCREENSHOTS_DIR is not set" }, async () => {
  const { page, close } = await open(held.browser, held.site.url);
  await STATES.warning.reach(page);
  await page.pdf({ path: join(FOLDER, "report.pdf"), preferCSSPageSize: true });
  await close();
});
