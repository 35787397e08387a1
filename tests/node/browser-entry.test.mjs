// index.js, the entry for browsers: Node has no `fetch` for files, so it gets the bytes.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { packageDir } from "./support.mjs";

/** The entry in a process of its own, over a `fetch` that answers so; `before` runs first. */
function inBrowserLike(fetch, before = "") {
  const program = `
    import { readFile } from "node:fs/promises";
    const asked = [];
    ${before}
    globalThis.fetch = async (url) => { asked.push(String(url)); return (${fetch})(url); };
    const api = await import(process.argv[1]);
    const failure = await api.init().then(() => null, ({ code, message }) => ({ code, message }));
    const verdict = failure === null ? (await api.verify({ evidence: "not a quote" })).verdict : null;
    console.log(JSON.stringify({ asked, failure, verdict }));`;
  const entry = pathToFileURL(join(packageDir, "index.js")).href;
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program, entry], { encoding: "utf8" });
  assert.equal(run.stderr, "");
  return JSON.parse(run.stdout);
}

test("the browser's entry asks for the wasm beside it, and for nothing else", () => {
  const { asked, verdict } = inBrowserLike("async (url) => new Response(await readFile(new URL(url)))");
  assert.equal(verdict, "none");
  assert.equal(asked.length, 1);
  assert.match(asked[0], /^file:.*\/cloud_witness_bg\.wasm$/);
});

for (const type of ["application/wasm", "Application/WASM", "application/wasm; charset=utf-8", "application/octet-stream", ""]) {
  test(`a wasm that is served as "${type}" is taken from the site, compiled while it loads where that can be`, () => {
    const { asked, failure, verdict } = inBrowserLike(
      `async (url) => new Response(await readFile(new URL(url)), { headers: { "content-type": "${type}" } })`,
      `WebAssembly.compileStreaming = ((compile) => (response) => { asked.push("streaming"); return compile(response); })(WebAssembly.compileStreaming);`,
    );
    assert.equal(failure, null);
    assert.equal(verdict, "none");
    assert.deepEqual(asked.slice(1), /^application\/wasm$/i.test(type) ? ["streaming"] : []);
  });
}

for (const [what, fetch] of Object.entries({
  "it is not found": `() => new Response("no", { status: 404 })`,
  "the site's front page is served in its place": `() => new Response("<!doctype html>")`,
  "nothing answers": `() => { throw new TypeError("fetch failed"); }`,
})) {
  test(`where a bundler left the wasm behind (${what}), the copy inside the package is used`, () => {
    const { asked, failure, verdict } = inBrowserLike(fetch);
    assert.equal(failure, null);
    assert.equal(verdict, "none");
    assert.equal(asked.length, 1);
  });
}
