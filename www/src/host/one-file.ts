// The page in one file, cloud-witness.html: everything is inside, and its policy lets it ask nobody for anything.

import collateral from "cloud-witness-inside/collateral.json";
import wasm from "cloud-witness-inside/cloud_witness_bg.wasm";
import workerScript from "cloud-witness-inside/worker.js";
import { scriptPolicy } from "../trusted";
import type { Host } from "./host";

/** The worker's script lies inside this one, whose hash the page's policy names: a Blob of it is the only other one. */
const worker = URL.createObjectURL(new Blob([workerScript], { type: "text/javascript" }));

const ownScript = scriptPolicy<"worker">((name) => {
  if (name !== "worker") throw new TypeError(`${name} is no script of this file`);
  return worker;
});

export const host: Host = {
  kind: "one-file",
  loadWasm: async () => ({ module: await WebAssembly.compile(wasm), bytes: Promise.resolve(wasm.buffer) }),
  loadCollateral: async () => collateral,
  startWorker: () => new Worker(ownScript("worker")),
  keepOffline: async () => {},
};
