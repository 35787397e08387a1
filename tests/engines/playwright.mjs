// Chromium and Firefox by playwright-core, which the page's tests use already. Firefox is the one that everybody has, asked
// over WebDriver BiDi: no build of Playwright's own, no geckodriver.

import { createRequire } from "node:module";

import { within } from "./programs.mjs";

const require = createRequire(new URL("../../www/package.json", import.meta.url));

const CHROMIUM_FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** As long as Playwright itself takes before it kills a browser that does not close. */
const CLOSING_MS = 35_000;

export async function launchChromium(executablePath) {
  const { chromium } = require("playwright-core");
  return wrap(await chromium.launch({ executablePath, headless: true, args: CHROMIUM_FLAGS }));
}

export async function launchFirefox(executablePath) {
  const { firefox } = require("playwright-core");
  leaveMediaAlone();
  return wrap(await firefox.launch({ channel: "moz-firefox", executablePath, headless: true }));
}

let isLeftAlone = false;

/**
 * Playwright begins each context with a command of BiDi that Firefox does not know yet, and gives up when it is refused. So
 * it is answered here, and Firefox keeps its own media features. (Once per process: Chromium has no such command.)
 */
function leaveMediaAlone() {
  if (isLeftAlone) return;
  isLeftAlone = true;
  const { WebSocketTransport } = require("playwright-core/lib/coreBundle").server;
  const { send } = WebSocketTransport.prototype;
  WebSocketTransport.prototype.send = function (message) {
    if (message.method !== "emulation.setMediaFeaturesOverride") return send.call(this, message);
    queueMicrotask(() => this.onmessage?.({ id: message.id, type: "success", result: {} }));
  };
}

function wrap(browser) {
  return {
    version: browser.version(),
    async open(url) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      return {
        // Playwright takes one argument.
        evaluate: (work, ...given) => page.evaluate(`(${work})(...${JSON.stringify(given)})`),
        close: () => context.close(),
      };
    },
    async close() {
      await within(CLOSING_MS, "closing the browser", browser.close()).catch(() => {});
    },
  };
}
