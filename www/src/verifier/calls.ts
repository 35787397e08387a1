// What takes longer than a frame: done in the worker, or right here where no worker can be started.

import {
  Collateral, addAddendum, addendumToSign, addSignature, bytesToSign, checkColocation, checkEnrolment, enrol, init, loadRegistry,
  mergeCeremonies, openCeremony, recordCeremony, searchRegistry, sha256, verify, verifyToken, type CeremonyReport,
  type CollateralBundle, type Enrolment, type EnrolmentCheckRequest, type EnrolmentReport, type EnrolRequest, type Input,
  type MachineList, type OpenOptions, type Report, type TokenReport, type TokenRequest, type VerifyRequest,
} from "cloud-witness";

/** This site's bundle, parsed once. */
let site: CollateralBundle | null = null;

/** The user's lists of machines, read once. */
const machines: Partial<Record<MachineListName, MachineList>> = {};

export type MachineListName = "known" | "revoked";

/** For a request: the lists that there are. */
const revokedList = () => (machines.revoked === undefined ? {} : { revoked: machines.revoked });
const bothLists = () => ({ ...(machines.known === undefined ? {} : { registry: machines.known }), ...revokedList() });

export const calls = {
  init: (module: WebAssembly.Module) => init(module),

  async useBundle(file: Uint8Array): Promise<CollateralBundle> {
    site = await Collateral.load(file);
    return site;
  },

  /** Takes the place of the list before; `null` for none. A list that cannot be read throws, and the one before stays. */
  async useMachines(name: MachineListName, files: Uint8Array[] | null, signers = ""): Promise<MachineList | null> {
    if (files === null) delete machines[name];
    else machines[name] = await loadRegistry(files, signers === "" ? {} : { signers });
    return machines[name] ?? null;
  },

  async searchMachines(name: MachineListName, text: string, offset: number, limit: number): Promise<ReturnType<typeof searchRegistry>> {
    const list = machines[name];
    return list === undefined ? { total: 0, entries: [] } : searchRegistry(list, text, { offset, limit });
  },

  enrol: (record: Input, request: EnrolRequest): Promise<Enrolment> => enrol(record, { ...request, ...revokedList() }),

  checkEnrolment: (request: EnrolmentCheckRequest): Promise<EnrolmentReport> => checkEnrolment({ ...request, ...revokedList() }),

  /** With this site's collateral, with the request's own, or with its own laid over this site's. */
  async appraise(asked: VerifyRequest, by: "site" | "own" | "own over site"): Promise<Report> {
    const request = { ...asked, ...bothLists() };
    if (site === null || by === "own") return verify(request);
    if (by === "site") return verify({ ...request, collateral: site, collateralFrom: "site" });
    const report = await verify(request);
    // One response of Intel's service covers no platform by itself: the rest is this site's.
    const isPiece = report.checks.some(({ code }) => code === "COLLATERAL_PIECE_ALONE");
    return isPiece ? verify({ ...request, collateral: await Collateral.overlay(site, request.collateral as Uint8Array) }) : report;
  },

  /** With this site's collateral, where the request has none of its own for its quote. */
  checkToken(request: TokenRequest): Promise<TokenReport> {
    const isLacking = request.quote !== undefined && request.collateral === undefined && site !== null;
    return verifyToken(isLacking ? { ...request, collateral: site!, collateralFrom: "site" } : request);
  },

  openCeremony: (file: Input, options: OpenOptions): Promise<CeremonyReport> => openCeremony(file, { ...options, ...bothLists() }),

  sha256, verifyToken, recordCeremony, addSignature, mergeCeremonies, bytesToSign, addendumToSign, addAddendum,
  checkColocation,
};

export type Calls = typeof calls;

export interface Call {
  id: number;
  name: keyof Calls;
  values: unknown[];
}

/** The number of the message that a worker sends by itself, once it listens. */
export const BEGUN = 0;
