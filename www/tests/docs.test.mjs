// The documentation in the page: the very texts of the source, with nothing asked of the network to read them.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { assertQuiet, open, setUp } from "./harness.mjs";

const held = setUp();
const root = new URL("../../", import.meta.url).pathname;
const letters = (text) => text.replaceAll(/[^\p{L}\p{N}]/gu, "");

/** Every text of the page, in the order in which they are offered: its name in addresses, and its file. */
const TEXTS = {
  readme: "README.md", ceremony: "docs/ceremony.md", threats: "docs/threats.md", moving: "docs/moving.md",
  report: "docs/report.md", collateral: "docs/collateral.md", policy: "docs/policy.md", attesters: "docs/attesters.md",
  record: "docs/ceremony-record.md", signers: "docs/signers.md",
  colocation: "docs/colocation.md", heartbeat: "docs/heartbeat.md",
  registry: "docs/registry.md", token: "docs/token.md",
};

test("every text is read, link by link, and nothing is asked for", async () => {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view: "docs" });
  const before = seen.requests.length;
  const names = await page.locator(".docs-view a").evaluateAll((links) => links.map((link) => link.getAttribute("href")));
  assert.deepEqual(names, Object.keys(TEXTS).map((name) => `#/docs/${name}`));
  const groups = await page.locator(".docs-view section").evaluateAll((sections) => sections.map((section) => section.querySelectorAll("a").length));
  assert.ok(groups.length > 1 && groups.every((links) => links >= 2 && links <= 4), `groups of ${groups}`);
  // A screen reader begins at the top; and a key that is pressed before that goes to nothing.
  const atTheTop = () => page.waitForFunction(() => document.activeElement?.id === "main");
  const [wanted, there] = [new Set(), new Set(names)];
  for (const name of names) {
    await page.locator(`.docs-view a[href="${name}"]`).press("Enter");
    await page.locator("article.docs-view h1").waitFor();
    await atTheTop();
    const headings = await page.locator(".docs-view [id^=docs-]").evaluateAll((all) => all.map(({ id }) => id.slice("docs-".length)));
    assert.equal(new Set(headings).size, headings.length, `${name}: two headings of one name`);
    for (const heading of headings) there.add(`${name}/${heading}`);
    for (const target of await page.locator('.docs-view a[href^="#/docs/"]').evaluateAll((links) => links.map((link) => link.getAttribute("href")))) wanted.add(target);
    await page.getByRole("link", { name: "All of the documentation" }).press("Enter");
    await page.getByRole("heading", { name: "Documentation", exact: true }).waitFor();
    await atTheTop();
  }
  // Each link into the documentation leads to a page and to a heading that are there.
  assert.deepEqual([...wanted].filter((target) => !there.has(target)), []);
  assert.deepEqual(seen.requests.slice(before), []);
  assertQuiet(seen);
  await close();
});

for (const [name, file] of Object.entries(TEXTS)) {
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
