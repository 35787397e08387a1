// The verifier: the npm package `cloud-witness`, which carries the Rust core as wasm.

import { init } from "cloud-witness";
import { signal } from "@preact/signals";

export type EngineState = "loading" | "ready" | "failed";

export const engine = signal<EngineState>("loading");

/** Fetches the wasm once, when the page loads. After that the page asks the network for nothing. */
export async function loadEngine(): Promise<void> {
  try {
    await init(new URL("cloud_witness_bg.wasm", document.baseURI));
    engine.value = "ready";
  } catch {
    engine.value = "failed";
  }
}

export interface Fault {
  code: string;
  message: string;
}

/** What the package threw, as plain data. Whatever has no code of its own is our bug. */
export function faultOf(thrown: unknown): Fault {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  return { code: typeof code === "string" ? code : "BUG", message };
}
