// cloud-witness.html: the whole page in one file, opened from a disk.

import assert from "node:assert/strict";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { assertQuiet, goTo, launch, loadSample, open, serve, SITE, verify } from "./harness.mjs";

const NAME = "cloud-witness.html";

let folder;
let browser;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "cloud-witness-file-"));
  await copyFile(join(SITE, NAME), join(folder, NAME));
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** The address of a file beside nothing else. */
const urlOf = (name) => pathToFileURL(join(folder, name)).href;

test("from a disk it verifies the sample, asks nobody for anything, and says how it works", async () => {
  const { page, seen, close } = await open(browser, urlOf(NAME));
  await loadSample(page);
  const report = await verify(page);
  assert.equal(report.verdict, "warning");
  assert.equal(report.ppid, "d04ec06d4e6d92dc90d0ad3cf5ee2ddf");
  const foot = await page.locator("footer").textContent();
  assert.match(foot, /one file[^]*cannot tell whether there is a newer version/);
  assert.doesNotMatch(foot, /own thread/);
  assert.equal(page.workers().length, 1, "the page stays alive while it verifies");
  for (const name of ["Collateral", "Challenge", "Keys", "Ceremony", "Record"]) await goTo(page, name);
  await goTo(page, "Collateral");
  await page.getByText(/^Fetched \d{4}-/).waitFor();
  assert.deepEqual(seen.requests.filter((url) => !/^(data|blob):/.test(url)).map((url) => url.split("#")[0]), [urlOf(NAME)]);
  assertQuiet(seen);
  await close();
});

test("where a browser starts no worker from a file, the page does the work on its own thread, and says so", async () => {
  for (const prepare of [
    () => delete window.Worker,
    // As a browser that says so only later.
    () => {
      const { createObjectURL } = URL;
      URL.createObjectURL = (blob) => (blob.type === "text/javascript" ? "blob:null/00000000-0000-4000-8000-000000000000" : createObjectURL.call(URL, blob));
    },
    // As one that runs the script, and cannot hand the compiled verifier over.
    () => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (call) {
        if (call.name === "init") throw new DOMException("as one that cannot be cloned", "DataCloneError");
        post.call(this, call);
      };
    },
  ]) {
    const { page, close } = await open(browser, urlOf(NAME), {}, { prepare });
    await loadSample(page);
    assert.equal((await verify(page)).verdict, "warning");
    await page.locator("footer").getByText("own thread").waitFor();
    await close();
  }
});

test("its policy lets no script in but its own, by no way", async () => {
  const { page, close } = await open(browser, urlOf(NAME));
  const refused = await page.evaluate(() => {
    const blob = URL.createObjectURL(new Blob(["self.postMessage(1)"], { type: "text/javascript" }));
    const tries = {
      "a worker of another Blob": () => new Worker(blob),
      "a policy": () => window.trustedTypes.createPolicy("any", {}),
      "the policy once more": () => window.trustedTypes.createPolicy("own-scripts", {}),
      "a script": () => (document.createElement("script").src = blob),
    };
    return Object.keys(tries).filter((name) => {
      try {
        tries[name]();
        return false;
      } catch {
        return true;
      }
    });
  });
  assert.deepEqual(refused, ["a worker of another Blob", "a policy", "the policy once more", "a script"]);
  await close();
});

test("the same file gives the same Report as the site", async () => {
  const rows = async (url) => {
    const { page, close } = await open(browser, url);
    await loadSample(page);
    const report = await verify(page);
    await close();
    return report;
  };
  const site = await serve(SITE);
  assert.deepEqual(await rows(urlOf(NAME)), await rows(site.url));
  await site.close();
});

test("its bundle can be saved, to build the file again", async () => {
  const { page, close } = await open(browser, urlOf(NAME), {}, { view: "collateral" });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the bundle" }).click(),
  ]);
  assert.deepEqual(await readFile(await download.path()), await readFile(join(SITE, "collateral.json")));
  await close();
});

test("its policy names one script and one style, and no place to ask", async () => {
  const html = await readFile(join(folder, NAME), "utf8");
  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)[1];
  assert.deepEqual(policy.replaceAll(/'sha256-[\w+/]{43}='/g, "HASH").split("; "), [
    "default-src 'none'", "script-src HASH 'wasm-unsafe-eval'", "style-src HASH", "img-src data:", "connect-src 'none'",
    "worker-src blob:", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'", "trusted-types own-scripts",
  ]);
  // The documentation in its script speaks of pages that do load something.
  const markup = html.replaceAll(/(?<=<script[^>]*>)[^]*?(?=<\/script>)/g, "");
  assert.match(markup, /<script type="module"><\/script>/);
  assert.ok(!/<(?:script|link|img|iframe)[^>]*(?:src|href)="(?!data:)/.test(markup), "nothing is loaded from beside it");
});

for (const [what, change] of [
  ["a word of the page's code", (html) => html.replace("engine.value = \"ready\"", "engine.value = \"reedy\"")],
  ["one byte of the verifier inside", (html) => html.replace(/(?<=__toBinary\("AGFzbQEAAAA.{1000})./, (byte) => (byte === "A" ? "B" : "A"))],
]) {
  test(`with ${what} changed, its script is blocked`, async () => {
    const html = await readFile(join(folder, NAME), "utf8");
    const changed = change(html);
    assert.equal(changed.length, html.length);
    assert.equal([...html].filter((byte, at) => byte !== changed[at]).length, 1, "one byte, no more");
    await writeFile(join(folder, "changed.html"), changed);
    const page = await browser.newPage();
    const blocked = page.waitForEvent("console", (message) => /Content Security Policy/.test(message.text()));
    await page.goto(urlOf("changed.html"));
    await blocked;
    assert.equal(await page.locator("button, input, footer").count(), 0);
    assert.ok(await page.getByText("the file is damaged or was changed").isVisible());
    await page.close();
  });
}
