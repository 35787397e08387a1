// What the page has from where it was opened. The build puts one of the two beside this file in for "cloud-witness-host".

export interface Host {
  /** A site, or one file that was opened from a disk. */
  readonly kind: "site" | "one-file";
  /** The verifier, and the very bytes it was made from, for their digest. */
  loadWasm(): Promise<{ module: WebAssembly.Module; bytes: Promise<ArrayBuffer> }>;
  /** The bundle of collateral; null where there is none. */
  loadCollateral(): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Throws where the browser starts none; not every browser says so at once. */
  startWorker(): Worker;
  /** Has the browser keep the page's files, so that it works without the site. */
  keepOffline(): Promise<void>;
}
