// A person with a keyboard and no mouse.

import assert from "node:assert/strict";

const MOST_TABS = 150;
/** What can be pressed now. */
const PRESSED = "button:enabled:not([aria-disabled=true]), a, summary";

export function keyboardOf(page) {
  let strokes = 0;
  // While somebody listens, choosers stay intercepted; switching that on and off between two of them loses some.
  page.on("filechooser", () => {});

  const press = async (key) => {
    strokes += 1;
    await page.keyboard.press(key);
  };

  /** Goes on by Tab until the focus, which must be seen, is on what `selector` matches. */
  async function to(selector) {
    for (let tries = 0; tries < MOST_TABS; tries += 1) {
      const at = await page.evaluate((wanted) => {
        const active = document.activeElement;
        const shown = active.matches("input[type=file]") ? active.nextElementSibling : active;
        return { found: active.matches(wanted), visible: active === document.body || active.tabIndex < 0 || getComputedStyle(shown).outlineStyle === "solid" };
      }, selector);
      if (at.found) {
        assert.ok(at.visible, `the focus must be seen on ${selector}`);
        return;
      }
      await press("Tab");
    }
    assert.fail(`${selector} was not reached by Tab`);
  }

  return {
    to,
    press,
    strokes: () => strokes,
    /** Types over what the field holds, key by key: a field that changes what was typed would mix it up with what comes next. */
    async type(selector, text) {
      await to(selector);
      await press("ControlOrMeta+A");
      strokes += 1;
      await page.keyboard.type(text);
    },
    async choose(selector, file) {
      await to(selector);
      const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press("Enter")]);
      await chooser.setFiles(file);
    },
    /** Presses a button, or follows a link, by its words. */
    async act(words) {
      const mark = `data-wanted="${words.replaceAll(/[^a-z]/gi, "")}"`;
      await page.waitForFunction(({ text, of }) => [...document.querySelectorAll(of)].some((one) => one.textContent.trim().startsWith(text)), { text: words, of: PRESSED });
      await page.evaluate(({ text, name, of }) => {
        const wanted = [...document.querySelectorAll(of)].find((one) => one.textContent.trim().startsWith(text) && one.checkVisibility());
        wanted?.setAttribute("data-wanted", name);
      }, { text: words, name: mark.slice(13, -1), of: PRESSED });
      await to(`[${mark}]`);
      await press("Enter");
      await page.evaluate((name) => document.querySelector(`[data-wanted="${name}"]`)?.removeAttribute("data-wanted"), mark.slice(13, -1));
    },
  };
}
