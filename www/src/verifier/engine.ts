// The verifier: the npm package `cloud-witness`, which carries the Rust core as wasm.
//
// What takes longer than a frame is done in a worker; what answers while one types (reading a challenge, say) is
// called right here. Both run the same compiled module.

import { init, type CollateralBundle } from "cloud-witness";
import { host } from "cloud-witness-host";
import { signal } from "@preact/signals";
import { digestOf } from "../digest";
import { calls, type Call, type Calls } from "./calls";
import { asError, type Fault } from "./fault";

export type EngineState = "loading" | "ready" | "failed";

export const engine = signal<EngineState>("loading");

/** This site's collateral; null until it is loaded, and where the site has none. */
export const bundle = signal<CollateralBundle | null>(null);

/** Which thread does the work: one of its own, or the page's, which stands still meanwhile. Null until that is known. */
export const thread = signal<"own" | "page" | null>(null);

/** SHA-256 of the verifier's own bytes; null until it is computed, and where the browser computes none. */
export const wasmSha256 = signal<string | null>(null);

/** The bundle as it was fetched, for what takes a file. */
let bundleFile: Uint8Array<ArrayBuffer> | null = null;

/** Null until it has started, and for ever where the browser starts none (a page opened from a file, say). */
let worker: Worker | null = null;
let lastCall = 0;
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (fault: unknown) => void }>();

/** Fetches wasm and collateral once, when the page loads. After that the page asks the network for nothing. */
export async function loadEngine(): Promise<void> {
  const fetchedBundle = host.loadCollateral();
  try {
    const { module, bytes } = await host.loadWasm();
    await init(module);
    await startWorker(module).catch(() => endWorker());
    await useBundle(await fetchedBundle);
    // Before anything can be verified: a ceremony's record names it.
    wasmSha256.value = await bytes.then(digestOf).catch(() => null);
    engine.value = "ready";
  } catch {
    engine.value = "failed";
  }
}

/** A bundle that cannot be read is as good as none: a verdict then says that collateral is missing. */
async function useBundle(file: Uint8Array<ArrayBuffer> | null): Promise<void> {
  if (file === null) return;
  try {
    bundle.value = await background("useBundle", file);
    bundleFile = file;
  } catch {
    bundle.value = null;
  }
}

export function siteBundle(): Uint8Array<ArrayBuffer> | undefined {
  return bundleFile ?? undefined;
}

async function startWorker(module: WebAssembly.Module): Promise<void> {
  worker = host.startWorker();
  if (worker === null) throw new WorkerEnded();
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => settle(data));
  for (const failing of ["error", "messageerror"]) worker.addEventListener(failing, endWorker);
  await askWorker("init", [module]);
  thread.value = "own";
}

/** Whatever still waits is rejected and done again here, by the caller below. */
function endWorker(): void {
  worker?.terminate();
  worker = null;
  thread.value = "page";
  for (const { reject } of waiting.values()) reject(new WorkerEnded());
  waiting.clear();
}

class WorkerEnded extends Error {}

function askWorker(name: keyof Calls, values: unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (worker === null) {
      reject(new WorkerEnded());
      return;
    }
    lastCall += 1;
    waiting.set(lastCall, { resolve, reject });
    worker.postMessage({ id: lastCall, name, values } satisfies Call);
  });
}

type Answer = { id: number; value: unknown } | { id: number; fault: Fault };

function settle(answer: Answer): void {
  const call = waiting.get(answer.id);
  waiting.delete(answer.id);
  if ("fault" in answer) call?.reject(asError(answer.fault));
  else call?.resolve(answer.value);
}

/** Calls in the worker; without one, here. */
export async function background<Name extends keyof Calls>(
  name: Name,
  ...values: Parameters<Calls[Name]>
): Promise<Awaited<ReturnType<Calls[Name]>>> {
  const here = calls[name] as (...values: unknown[]) => Promise<Awaited<ReturnType<Calls[Name]>>>;
  try {
    return (await askWorker(name, values)) as Awaited<ReturnType<Calls[Name]>>;
  } catch (thrown) {
    if (!(thrown instanceof WorkerEnded)) throw thrown;
  }
  // The worker took what it had loaded with it.
  if (bundleFile !== null && !isBundleHere) await calls.useBundle(bundleFile);
  isBundleHere = true;
  return here(...values);
}

let isBundleHere = false;
