// The drivers themselves: every browser that is here opens pages under a strict policy, and answers for each.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { BROWSERS, isHere, launch } from "./index.mjs";

let server;
before(async () => {
  server = createServer((request, response) => {
    response.writeHead(200, { "content-type": "text/html", "content-security-policy": "default-src 'self'" }).end(`<!doctype html><title>${request.url}</title>`);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
after(() => {
  server.close();
  server.closeAllConnections();
});

const here = BROWSERS.filter(isHere);
assert.notEqual(here.length, 0, "no browser is here");
for (const engine of here) {
  test(`${engine}: two pages, each with its own answers`, async () => {
    const browser = await launch(engine);
    try {
      assert.match(browser.version, /^\d+\./);
      const [one, two] = [await browser.open(at("/one")), await browser.open(at("/two"))];
      const titled = (text) => [document.title, text, navigator.webdriver];
      assert.deepEqual(await one.evaluate(titled, "«1»"), ["/one", "«1»", true]);
      assert.deepEqual(await two.evaluate(titled, { a: [null] }), ["/two", { a: [null] }, true]);
      assert.equal(await one.evaluate(async () => (await fetch("/three")).status), 200);
      await assert.rejects(one.evaluate(() => Promise.reject(new Error("as it should"))), /as it should/);
      assert.equal(await one.evaluate(() => undefined), undefined);
      await two.close();
      assert.equal(await one.evaluate(() => document.title), "/one");
    } finally {
      await browser.close();
    }
  });
}

const at = (path) => `http://127.0.0.1:${server.address().port}${path}`;
