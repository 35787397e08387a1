// What takes longer than a frame: done in the worker, or right here where no worker can be started.

import {
  addAddendum, addendumToSign, addSignature, bytesToSign, checkColocation, init, loadCollateral, mergeCeremonies, openCeremony, overlayCollateral,
  recordCeremony, sha256, verify, type CollateralBundle, type Report, type VerifyRequest,
} from "cloud-witness";

/** This site's bundle, parsed once. */
let site: CollateralBundle | null = null;

export const calls = {
  init: (module: WebAssembly.Module) => init(module),

  async useBundle(file: Uint8Array): Promise<CollateralBundle> {
    site = await loadCollateral(file);
    return site;
  },

  /** With this site's collateral, with the request's own, or with its own laid over this site's. */
  async appraise(request: VerifyRequest, by: "site" | "own" | "own over site"): Promise<Report> {
    if (site === null || by === "own") return verify(request);
    if (by === "site") return verify({ ...request, collateral: site, collateralFrom: "site" });
    const report = await verify(request);
    // One response of Intel's service covers no platform by itself: the rest is this site's.
    const isPiece = report.checks.some(({ code }) => code === "COLLATERAL_PIECE_ALONE");
    return isPiece ? verify({ ...request, collateral: await overlayCollateral(site, request.collateral as Uint8Array) }) : report;
  },

  sha256, recordCeremony, openCeremony, addSignature, mergeCeremonies, bytesToSign, addendumToSign, addAddendum,
  checkColocation,
};

export type Calls = typeof calls;

export interface Call {
  id: number;
  name: keyof Calls;
  values: unknown[];
}
