// The verifier: the npm package `cloud-witness`, which carries the Rust core as wasm.
//
// What takes longer than a frame is done in a worker; what answers while one types (reading a challenge, say) is
// called right here. Both run the same compiled module.

import { init, type CollateralBundle, type MachineList } from "cloud-witness";
import { host } from "cloud-witness-host";
import { signal } from "@preact/signals";
import { digestOf } from "../digest";
import { keepsNothing } from "../ui/kept";
import { calls, type Calls, type MachineListName } from "./calls";
import { faultOf, isUnanswered, Unanswered } from "./fault";
import { Thread, ThreadEnded } from "./thread";

/** "silent": it was loaded, and never answered. */
export type EngineState = "loading" | "ready" | "failed" | "silent";

export const engine = signal<EngineState>("loading");

/** This site's collateral; null until it is loaded, and where the site has none. */
export const bundle = signal<CollateralBundle | null>(null);

/** Which thread does the work: one of its own, or the page's, which stands still meanwhile. Null until that is known. */
export const thread = signal<"own" | "page" | null>(null);

/** SHA-256 of the verifier's own bytes; null until it is computed, and where the browser computes none. */
export const wasmSha256 = signal<string | null>(null);

/** The bundle as it was fetched, for what takes a file. */
let bundleFile: Uint8Array<ArrayBuffer> | null = null;

let compiled: WebAssembly.Module | null = null;

/** The one at work, or on its way; null when there is none. */
let worker: Promise<Thread> | null = null;

/** Fetches wasm and collateral once, when the page loads. After that the page asks the network for nothing. */
export async function loadEngine(): Promise<void> {
  const fetchedBundle = host.loadCollateral();
  try {
    const { module, bytes } = await host.loadWasm();
    await init(module);
    compiled = module;
    await chooseThread();
    await useBundle(await fetchedBundle);
    // Before anything can be verified: a ceremony's record names it.
    wasmSha256.value = await bytes.then(digestOf).catch(() => null);
    engine.value = "ready";
  } catch (thrown) {
    engine.value = isUnanswered(thrown) ? "silent" : "failed";
  }
}

/** A bundle that cannot be read is as good as none: a verdict then says that collateral is missing. */
async function useBundle(file: Uint8Array<ArrayBuffer> | null): Promise<void> {
  if (file === null) return;
  try {
    bundle.value = await background("useBundle", file);
    bundleFile = file;
  } catch (thrown) {
    // It was not read at all: that there is none must not be said.
    if (isUnanswered(thrown)) throw thrown;
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

/** The page's own thread is for browsers that start no worker. Never after one that hung: the page would then hang itself. */
async function chooseThread(): Promise<void> {
  for (let hasHung = false; ; hasHung = true) {
    try {
      await atWork();
      thread.value = "own";
      return;
    } catch (thrown) {
      if (!(thrown instanceof ThreadEnded)) throw thrown;
      if (hasHung) throw new Unanswered(thrown.silence, keepsNothing());
      if (thrown.silence.kind === "no answer") continue;
      thread.value = "page";
      return;
    }
  }
}

/** The worker, started if there is none, with all that was loaded. Throws that it ended before it was ready. */
function atWork(): Promise<Thread> {
  if (worker !== null) return worker;
  const mine = prepared(() => {
    if (worker === mine) worker = null;
  });
  worker = mine;
  return mine;
}

async function prepared(ended: () => void): Promise<Thread> {
  let fresh: Thread | undefined;
  try {
    fresh = new Thread(ended);
    await fresh.begun;
    await fresh.call("init", compiled!);
    if (bundleFile !== null) await fresh.call("useBundle", bundleFile);
    for (const [list, { files, signers }] of listFiles) await fresh.call("useMachines", list, files, signers);
    return fresh;
  } catch (thrown) {
    fresh?.end();
    // Not before the caller has it, where the browser started none.
    await null;
    ended();
    // What was read before and cannot be read now is a broken thread too: nothing may be verified without it.
    throw new ThreadEnded(thrown instanceof ThreadEnded ? thrown.silence : { kind: "ended" }, true);
  }
}

/**
 * Calls in the worker; where the browser starts none, here. A call whose worker hung, ended or broke is done once more in a fresh
 * one. Throws `Unanswered` when that one does not answer either; the next call has a fresh one again.
 */
export async function background<Name extends keyof Calls>(
  name: Name,
  ...values: Parameters<Calls[Name]>
): Promise<Awaited<ReturnType<Calls[Name]>>> {
  let isLast = false;
  for (;;) {
    if (thread.peek() === "page") return (calls[name] as (...values: unknown[]) => Promise<Awaited<ReturnType<Calls[Name]>>>)(...values);
    let at: Thread | undefined;
    try {
      at = await atWork();
      return await at.call(name, ...values);
    } catch (thrown) {
      const isOver = thrown instanceof ThreadEnded;
      const isBroken = !isOver && faultOf(thrown).code === "BUG";
      if (!isOver && !isBroken) throw thrown;
      // Others that waited in it go on in the next one, and have lost nothing.
      if (isBroken) at?.end();
      if (isOver && !thrown.wasAsked) continue;
      if (isLast) throw isOver ? new Unanswered(thrown.silence, keepsNothing()) : thrown;
      isLast = true;
    }
  }
}
