// Three browsers behind one thin door: open a page, evaluate in it, close. For tests that ask the same of each engine.
//
//   const browser = await launch("webkit");
//   const page = await browser.open("http://127.0.0.1:8080/");
//   const title = await page.evaluate(() => document.title);
//   await browser.close();
//
// Nothing here fetches a browser: CW_CHROMIUM, CW_FIREFOX and CW_WEBKIT_DRIVER name one, else it is looked for on the PATH.
// Every browser starts with an empty profile, without a window, and listens to this computer only.

import { launchChromium, launchFirefox } from "./playwright.mjs";
import { find } from "./programs.mjs";
import { launchWebKit } from "./webkit.mjs";

/**
 * @typedef {object} Page
 * @property {<T>(work: (...given: any[]) => T | Promise<T>, ...given: unknown[]) => Promise<T>} evaluate
 *   runs the function in the page, which sees nothing of what is around it here; what is given and returned is plain data
 * @property {() => Promise<void>} close
 */

/**
 * @typedef {object} Browser
 * @property {string} version
 * @property {(url: string) => Promise<Page>} open  waits until the page is loaded
 * @property {() => Promise<void>} close  also of a browser that no longer answers; never waits for long
 */

const ENGINES = {
  chromium: { names: ["chromium", "chromium-browser", "google-chrome"], variable: "CW_CHROMIUM", start: launchChromium },
  firefox: { names: ["firefox-esr", "firefox"], variable: "CW_FIREFOX", start: launchFirefox },
  webkit: { names: ["WebKitWebDriver"], variable: "CW_WEBKIT_DRIVER", start: launchWebKit },
};

/** The browsers that `launch` knows. */
export const BROWSERS = Object.keys(ENGINES);

/** @param {string} engine */
export function isHere(engine) {
  const { variable, names } = ENGINES[engine];
  return find(variable, names) !== undefined;
}

/**
 * @param {string} engine  one of BROWSERS
 * @returns {Promise<Browser>}
 */
export async function launch(engine) {
  const { variable, names, start } = ENGINES[engine];
  const program = find(variable, names);
  if (program === undefined) throw new Error(`no ${engine} here: install it, or name it in ${variable}`);
  return start(program);
}
