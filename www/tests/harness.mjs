// What every test of the page stands on: a static server, one browser, and a page that remembers all that it
// asked the network for and all that it wrote to the console.

import assert from "node:assert/strict";
import { accessSync, constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { delimiter, dirname, extname, join, normalize, resolve, sep } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));

/** The page over the product's wasm. */
export const SITE = resolve(process.env.CW_SITE_DIR ?? join(here, "../dist"));

const generated = process.env.CW_GENERATED_DIR ?? join(here, "../generated");

/** The real sample that comes with the page. */
export const sample = JSON.parse(await readFile(join(generated, "sample.json"), "utf8")).ceremonies[0];

const LAUNCH_FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves `folder` below `prefix`, plus the pages given by path, all with `headers`; answers 404 to all else, like a static
 * host. It remembers each path that it was asked for.
 */
export async function serve(folder, { prefix = "/", pages = {}, headers = {}, port = 0 } = {}) {
  accessSync(join(folder, "index.html"));
  const requests = [];
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    requests.push(path);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (path in pages) {
      response.writeHead(200, { "content-type": TYPES[".html"] }).end(pages[path]);
      return;
    }
    const name = path.startsWith(prefix) ? path.slice(prefix.length) || "index.html" : null;
    const file = name === null ? null : normalize(join(folder, name));
    if (file === null || !file.startsWith(folder + sep)) {
      response.writeHead(404).end();
      return;
    }
    try {
      const body = await readFile(file);
      response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
  return {
    requests,
    port: server.address().port,
    url: `http://127.0.0.1:${server.address().port}${prefix}`,
    close: () => new Promise((closed) => {
      server.close(closed);
      server.closeAllConnections();
    }),
  };
}

/** One server and one browser for the tests of a file. A page that is not built fails before a browser is started. */
export function setUp(folder = SITE) {
  const held = { site: undefined, browser: undefined };
  before(async () => {
    held.site = await serve(folder);
    held.browser = await launch();
  });
  after(async () => {
    await held.browser?.close();
    await held.site?.close();
  });
  return held;
}

export function launch(flags = []) {
  return chromium.launch({ executablePath: browserPath(), headless: true, args: [...LAUNCH_FLAGS, ...flags] });
}

/** CW_CHROMIUM, else the first Chromium on the PATH, else the one that Playwright may have fetched. */
function browserPath() {
  if (process.env.CW_CHROMIUM) return process.env.CW_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
    for (const folder of folders) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

/** Opens a view in a context of its own, runs `prepare` in it before anything else, and waits until the verifier is loaded. */
/**
 * Opens the page in a profile of its own; `at`, in seconds, is what its clock says from the beginning on. Nothing scrolls
 * smoothly unless asked for: a pointer would miss what is still on its way.
 */
export async function open(browser, url, options = {}, { prepare = undefined, view = "check", at = undefined } = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on("request", (request) => {
    // A Blob URL is the tab's own memory.
    if (!request.url().startsWith("blob:")) seen.requests.push(request.url());
  });
  page.on("console", (message) => seen.complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => seen.complaints.push(`uncaught: ${error.message}`));
  await page.addInitScript(() => {
    // A violation that a policy swallows quietly is a failure too.
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy violation: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  if (prepare !== undefined) await page.addInitScript(prepare);
  if (at !== undefined) await page.clock.setFixedTime(at * 1000);
  await page.goto(`${url}#/${view}`);
  await ready(page);
  return { page, seen, close: () => context.close() };
}

/** The verifier says which build it is once it is loaded. */
export async function ready(page) {
  await page.locator("footer[data-engine=ready]").waitFor();
}

/** The browser keeps the site's files, or says why not. */
export async function offlineStatus(page, copy) {
  await page.locator(`footer [data-copy=${copy}]`).waitFor();
  return page.locator("footer [data-copy]").textContent();
}

/** Under which tab a part of the page is found. */
const TAB_OF = { Challenge: "Ceremony", Colocation: "Ceremony", Schedule: "Ceremony", "Many files": "Check", "Trust token": "Check", Machines: "Registry", Propose: "Registry", "Second witness": "Registry", Attesters: "Lists", Keys: "Lists", Collateral: "Lists" };

/** Follows the page's own navigation. */
export async function goTo(page, name) {
  if (name in TAB_OF) {
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: TAB_OF[name], exact: true }).click();
    await page.getByRole("navigation", { name: `Parts of ${TAB_OF[name]}` }).waitFor();
  }
  await page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

export async function loadSample(page) {
  await page.getByRole("button", { name: /^Try it with a real sample/ }).first().press("Enter");
}

/**
 * Presses Verify once every file is read, and waits for what comes of it. By key: on a busy computer what was given just
 * before, and is drawn only now, can still move the button away from under a pointer.
 */
export async function verify(page) {
  await page.locator("form p.document-name").first().waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Verify", exact: true }).press("Enter");
  await page.locator("[data-verdict], [data-refused], [data-bug]").first().waitFor();
  return readReport(page);
}

/** Keeps what the page asks its worker for under this name, until `releaseCalls` is called in the page. */
export function holdCalls(page, name) {
  return page.evaluate((held) => {
    const post = Worker.prototype.postMessage;
    window.heldCalls = [];
    Worker.prototype.postMessage = function (message, ...others) {
      if (message.name === held) window.heldCalls.push(() => post.call(this, message, ...others));
      else post.call(this, message, ...others);
    };
    window.releaseCalls = () => {
      Worker.prototype.postMessage = post;
      for (const call of window.heldCalls) call();
    };
  }, name);
}

/** The Report as the page shows it. */
export function readReport(page) {
  return page.evaluate(() => ({
    verdict: document.querySelector("[data-verdict]")?.dataset.verdict ?? null,
    time: document.querySelector("[data-verdict]")?.dataset.time ?? null,
    ppid: document.querySelector("[data-ppid]")?.dataset.ppid ?? null,
    rows: [...document.querySelectorAll("[data-check]")].map(({ dataset }) => ({
      id: dataset.check,
      outcome: dataset.outcome,
      code: dataset.code ?? null,
    })),
  }));
}

export async function readDownload(download) {
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export function assertQuiet(seen) {
  assert.deepEqual(seen.complaints, [], "the console must stay empty");
}
