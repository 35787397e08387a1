// The types of `cloud-witness/slim`: those of `cloud-witness`, where the caller brings the wasm.

export * from "./index.js";

/**
 * Takes the wasm (`cloud-witness/wasm`) from the caller: a `WebAssembly.Module` (what a Cloudflare-style worker imports),
 * its bytes, or a `Response`. Nothing is looked for elsewhere, and no thread is started: `verifyMany` works in the thread
 * that asks, or on `lanes`. Only the first successful call counts.
 *
 * @example
 * ```js
 * import { readFile } from "node:fs/promises";
 * import { init, verifierInfo } from "cloud-witness/slim";
 *
 * await init(await readFile(new URL(import.meta.resolve("cloud-witness/wasm"))));
 * console.log(verifierInfo().name); // cloud-witness
 * ```
 *
 * @throws {@link InvalidArgument} without a source; {@link ConfigurationError} `WASM_NOT_LOADED` when it cannot be compiled.
 */
export function init(source: WebAssembly.Module | Uint8Array | ArrayBuffer | Blob | Response): Promise<void>;
