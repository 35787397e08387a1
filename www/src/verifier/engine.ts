// The verifier: the npm package `cloud-witness`, which carries the Rust core as wasm.
//
// What takes longer than a frame is done in a worker; what answers while one types (reading a challenge, say) is
// called right here. Both run the same compiled module.

import { init, type CollateralBundle, type MachineList } from "cloud-witness";
import { host } from "cloud-witness-host";
import { signal } from "@preact/signals";
import { digestOf } from "../digest";
import { calls, type Calls, type MachineListName } from "./calls";
import { Thread, ThreadEnded } from "./thread";

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
let worker: Thread | null = null;

/** Fetches wasm and collateral once, when the page loads. After that the page asks the network for nothing. */
export async function loadEngine(): Promise<void> {
  const fetchedBundle = host.loadCollateral();
  try {
    const { module, bytes } = await host.loadWasm();
    await init(module);
    await startWorker(module).catch(() => {
      worker?.end();
      endWorker();
    });
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

/** The files of the user's lists of machines, for a thread that has to read them anew. */
const listFiles = new Map<MachineListName, { files: Uint8Array<ArrayBuffer>[]; signers: string }>();

export type { MachineListName };

export function machineFiles(name: MachineListName): readonly Uint8Array<ArrayBuffer>[] | undefined {
  return listFiles.get(name)?.files;
}

/** Throws what is wrong with a list; the one before stays. */
export async function useMachines(name: MachineListName, files: Uint8Array<ArrayBuffer>[] | null, signers = ""): Promise<MachineList | null> {
  const list = await background("useMachines", name, files, signers);
  if (files === null) listFiles.delete(name);
  else listFiles.set(name, { files, signers });
  return list;
}

export function siteBundle(): Uint8Array<ArrayBuffer> | undefined {
  return bundleFile ?? undefined;
}

async function startWorker(module: WebAssembly.Module): Promise<void> {
  worker = new Thread(endWorker);
  await worker.call("init", module);
  thread.value = "own";
}

/** Whatever still waited is done again here, by the caller below. */
function endWorker(): void {
  worker = null;
  thread.value = "page";
}

/** Calls in the worker; without one, here. */
export async function background<Name extends keyof Calls>(
  name: Name,
  ...values: Parameters<Calls[Name]>
): Promise<Awaited<ReturnType<Calls[Name]>>> {
  const here = calls[name] as (...values: unknown[]) => Promise<Awaited<ReturnType<Calls[Name]>>>;
  try {
    if (worker !== null) return await worker.call(name, ...values);
  } catch (thrown) {
    if (!(thrown instanceof ThreadEnded)) throw thrown;
  }
  // The worker took what it had loaded with it.
  if (!isAllHere) {
    if (bundleFile !== null) await calls.useBundle(bundleFile);
    for (const [list, { files, signers }] of listFiles) await calls.useMachines(list, files, signers);
  }
  isAllHere = true;
  return here(...values);
}

let isAllHere = false;
