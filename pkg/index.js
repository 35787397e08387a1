// Browsers, their workers, and bundlers: the wasm is the file beside this module, or, where a bundler left that behind,
// the copy of it inside inline.js.

import { compile } from "./core.js";
import { compileInside } from "./inside.js";
import { init as start } from "./slim.js";

async function load(source) {
  if (source !== undefined) return compile(source) ?? compile(await fetch(source));
  return compileInside(async () => compile(await fetch(new URL("./cloud_witness_bg.wasm", import.meta.url))));
}

/** Where a page's policy allows no worker of this name, the work is done in the thread that asks. */
const threads = {
  cores: () => globalThis.navigator?.hardwareConcurrency ?? 1,
  start(hear, ended) {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => hear(data));
    worker.addEventListener("error", (event) => ended(event.message ?? "it could not be started"));
    worker.addEventListener("messageerror", () => ended("a message could not be read"));
    return { post: (message) => worker.postMessage(message), end: () => worker.terminate() };
  },
};

export * from "./slim.js";
export const init = (source) => start(source, { load, threads });
