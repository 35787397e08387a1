// The documentation in the page: the very texts of the source, with nothing asked of the network to read them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, open, setUp } from "./harness.mjs";

const held = setUp();
const root = new URL("../../", import.meta.url).pathname;
const letters = (text) => text.replaceAll(/[^\p{L}\p{N}]/gu, "");

test("every text is read, link by link, and nothing is asked for", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "docs" });
  const before = seen.requests.length;
  const names = await page.locator(".docs-view a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual(names, ["readme", "ceremony", "report", "collateral", "attesters", "signers", "policy", "threats", "moving"].map((name) => `#/docs/${name}`));
  for (const name of names) {
    await page.locator(`.docs-view a[href="${name}"]`).press("Enter");
    await page.locator("article.docs-view h1").waitFor();
    // A screen reader begins at the top.
    await page.waitForFunction(() => document.activeElement?.id === "main");
    // Each link into the documentation leads to a page and to a heading that are there.
    for (const target of await page.locator('.docs-view a[href^="#/docs/"]').evaluateAll((links) => links.map((link) => link.getAttribute("href")))) {
      assert.ok(names.includes(target.split("/").slice(0, 3).join("/")), target);
    }
    await page.getByRole("link", { name: "All of the documentation" }).press("Enter");
    await page.getByRole("heading", { name: "Documentation", exact: true }).waitFor();
  }
  assert.deepEqual(seen.requests.slice(before), []);
  assertQuiet(seen);
  await close();
});

for (const [name, file] of [["report", "docs/report.md"], ["threats", "docs/threats.md"], ["readme", "README.md"]]) {
  test(`${file} is there to its last word`, async () => {
    const { page, close } = await open(held.browser, held.site.url, {}, { view: `docs/${name}` });
    const shown = letters(await page.locator("article.docs-view").textContent());
    const source = await readFile(join(root, file), "utf8");
    const words = source.replaceAll(/<!--[^]*?-->/g, "").replaceAll(/^```[\w,]*$/gm, "").replaceAll(/\]\([^)]*\)/g, "]").replaceAll(/!\[/g, "[Picture: ").replaceAll("\\|", "|").replaceAll(/^\d+\. /gm, "");
    const wanted = letters(`All of the documentation${words}`);
    const differs = [...wanted].findIndex((letter, index) => letter !== shown[index]);
    assert.ok(shown === wanted, `differs at "${wanted.slice(differs, differs + 60)}": "${shown.slice(differs, differs + 60)}"`);
    await close();
  });
}

test("an address leads to a heading of a text, also when the page is loaded with it", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { view: "docs/report/tcbstatus" });
  const heading = page.getByRole("heading", { name: "tcb.status" });
  await heading.waitFor();
  await page.waitForFunction(() => window.scrollY > 500);
  assert.ok(await heading.isVisible());
  await close();
});

test("an address of no text shows what there is", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "docs/nothing" });
  await page.getByRole("heading", { name: "Documentation", exact: true }).waitFor();
  assertQuiet(seen);
  await close();
});
