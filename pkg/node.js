// Node, Deno and Bun: the wasm is read from the file beside this module, or, where a bundler left that behind, from the
// copy of it inside inline.js.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";

import { compile } from "./core.js";
import { compileInside } from "./inside.js";
import { init as start } from "./slim.js";

async function load(source) {
  if (source !== undefined) return compile(source) ?? compile(await readSource(source));
  return compileInside(async () => compile(await readFile(new URL("./cloud_witness_bg.wasm", import.meta.url))));
}

/** A path, or a URL as text or object. */
function readSource(source) {
  const url = source instanceof URL ? source : /^(file|https?|data):/i.test(source) ? new URL(source) : undefined;
  if (url === undefined) return readFile(source);
  return url.protocol === "file:" ? readFile(url) : fetch(url);
}

const threads = {
  cores: availableParallelism,
  start(hear, ended) {
    const worker = new Worker(new URL("./worker-node.js", import.meta.url));
    worker.on("message", hear);
    worker.on("error", (error) => ended(error.message));
    worker.on("exit", () => ended("it stopped"));
    return { post: (message) => worker.postMessage(message), end: () => void worker.terminate() };
  },
};

export * from "./slim.js";
export const init = (source) => start(source, { load, threads });
