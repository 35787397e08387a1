// The page on a site: its files lie beside it, at whatever path.

import { keep } from "../offline/keep";
import { scriptPolicy } from "../trusted";
import type { Host } from "./host";

type OwnScript = "worker.js" | "sw.js";

const OWN: readonly OwnScript[] = ["worker.js", "sw.js"];

const ownScript = scriptPolicy<OwnScript>((name) => {
  if (!(OWN as readonly string[]).includes(name)) throw new TypeError(`${name} is no script of this site`);
  return new URL(name, document.baseURI).href;
});

export const host: Host = {
  kind: "site",

  async loadWasm() {
    const response = await fetch(new URL("cloud_witness_bg.wasm", document.baseURI));
    if (!response.ok) throw new Error(`the verifier could not be fetched: ${response.status}`);
    const bytes = response.clone().arrayBuffer();
    // Compiling while loading needs the type, alone; not every static host sends it.
    const isWasm = response.headers.get("content-type")?.trim().toLowerCase() === "application/wasm";
    return { module: await (isWasm ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await bytes)), bytes };
  },

  async loadCollateral() {
    try {
      const response = await fetch(new URL("collateral.json", document.baseURI));
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
    } catch {
      return null;
    }
  },

  startWorker: () => new Worker(ownScript("worker.js"), { type: "module" }),

  keepOffline: () => keep(ownScript("sw.js")),
};
