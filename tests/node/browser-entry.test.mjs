// index.js, the entry for browsers, in a process of its own: Node has no `fetch` for files, so it gets the bytes.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { load, packageDir } from "./support.mjs";

test("the browser's entry asks for the wasm beside it, and for nothing else", async (t) => {
  const wasm = await readFile(join(packageDir, "cloud_witness_bg.wasm"));
  const asked = [];
  t.mock.method(globalThis, "fetch", async (url) => {
    asked.push(String(url));
    return new Response(wasm);
  });
  const api = await load("index.js");
  await api.init();
  await api.verify({ evidence: "not a quote" });
  assert.equal(asked.length, 1);
  assert.match(asked[0], /^file:.*\/cloud_witness_bg\.wasm$/);
});
