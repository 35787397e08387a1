// The page in one file, cloud-witness.html: everything is inside, and its policy lets it ask nobody for anything.

import collateral from "cloud-witness-inside/collateral.json";
import wasm from "cloud-witness-inside/cloud_witness_bg.wasm";
import type { Host } from "./host";

export const host: Host = {
  kind: "one-file",
  loadWasm: async () => ({ module: await WebAssembly.compile(wasm), bytes: Promise.resolve(wasm.buffer) }),
  loadCollateral: async () => collateral,
  // A thread needs a script's URL, and from a file there is none that the policy could let through.
  startWorker: () => null,
  keepOffline: async () => {},
};
