// What the page has from where it was opened. The build puts one of the two beside this file in for "cloud-witness-host".

export interface Host {
  /** A site, or one file that was opened from a disk. */
  readonly kind: "site" | "one-file";
  /** The verifier, and the very bytes it was made from, for their digest. */
  loadWasm(): Promise<{ module: WebAssembly.Module; bytes: Promise<ArrayBuffer> }>;
  /** The bundle of collateral; null where there is none. */
  loadCollateral(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Null where the page does all the work on its own thread. Throws where the browser starts no thread. */
  startWorker(): Worker | null;
  /** Has the browser keep the page's files, so that it works without the site. */
  keepOffline(): Promise<void>;
}
