// The verifier: the npm package `cloud-witness`, which carries the Rust core as wasm.
//
// What takes longer than a frame is done in a worker; what answers while one types (reading a challenge, say) is
// called right here. Both run the same compiled module.

import { init, sha256, verify, type Report, type VerifyRequest } from "cloud-witness";
import { signal } from "@preact/signals";
import { ownScript } from "../trusted";
import type { Answer, Ask, Call } from "./calls";
import { asError } from "./fault";

export type EngineState = "loading" | "ready" | "failed";

export const engine = signal<EngineState>("loading");

/** Null until it has started, and for ever where the browser starts none (a page opened from a file, say). */
let worker: Worker | null = null;
let lastCall = 0;
const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (fault: unknown) => void }>();

/** Fetches the wasm once, when the page loads. After that the page asks the network for nothing. */
export async function loadEngine(): Promise<void> {
  try {
    const module = await compile(new URL("cloud_witness_bg.wasm", document.baseURI));
    await init(module);
    await startWorker(module).catch(() => endWorker());
    engine.value = "ready";
  } catch {
    engine.value = "failed";
  }
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`the verifier could not be fetched: ${response.status}`);
  // Compiling while loading needs the type; not every static host sends it.
  const isWasm = response.headers.get("content-type")?.startsWith("application/wasm") === true;
  return isWasm ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

async function startWorker(module: WebAssembly.Module): Promise<void> {
  worker = new Worker(ownScript("worker.js"), { type: "module" });
  worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => settle(data));
  worker.addEventListener("error", endWorker);
  await askWorker({ name: "init", module });
}

/** Whatever still waits is rejected and done again here, by the caller below. */
function endWorker(): void {
  worker?.terminate();
  worker = null;
  for (const { reject } of waiting.values()) reject(new WorkerEnded());
  waiting.clear();
}

class WorkerEnded extends Error {}

function askWorker(ask: Ask): Promise<unknown> {
  return new Promise((resolve, reject) => {
    if (worker === null) {
      reject(new WorkerEnded());
      return;
    }
    lastCall += 1;
    waiting.set(lastCall, { resolve, reject });
    worker.postMessage({ id: lastCall, ask } satisfies Call);
  });
}

function settle(answer: Answer): void {
  const call = waiting.get(answer.id);
  waiting.delete(answer.id);
  if ("fault" in answer) call?.reject(asError(answer.fault));
  else call?.resolve(answer.value);
}

/** In the worker; without one, here. */
async function inBackground<T>(ask: Ask, here: () => Promise<T>): Promise<T> {
  try {
    return (await askWorker(ask)) as T;
  } catch (thrown) {
    if (thrown instanceof WorkerEnded) return here();
    throw thrown;
  }
}

export function appraise(request: VerifyRequest): Promise<Report> {
  return inBackground({ name: "verify", request }, () => verify(request));
}

export function digest(bytes: Uint8Array): Promise<string> {
  return inBackground({ name: "sha256", bytes }, () => sha256(bytes));
}
