// Many files, verified one after the other in the page's worker: what is asked, and what came of each file so far.
//
// More workers would each fetch their script, and after loading the page asks the network for nothing.

import { verifyMany, type Report, type StandingView, type Verdict, type VerifyRequest } from "cloud-witness";
import { effect, signal } from "@preact/signals";
import { list, listText } from "../attesters/store";
import { lists } from "../registry/store";
import { announce } from "../report/announcer";
import { nowSeconds, parseMoment } from "../time";
import { background } from "../verifier/engine";
import { faultOf, isUnanswered } from "../verifier/fault";

/** What stays of a file's Report: a registry's worth of whole ones would fill the memory. */
export interface Row {
  file: string;
  /** Null where the file could not be read, nothing could be asked, or no answer came. */
  verdict: Verdict | null;
  ppid: string | null;
  fmspc: string | null;
  tcb_status: string | null;
  /** Of the weightiest row that did not pass; of the fault, where no answer came. */
  code: string | null;
  summary: string;
  evidence_sha256: string | null;
  /** The moment appraised for, Unix seconds. */
  at: number | null;
  /** Null without lists of machines. */
  registry: StandingView["standing"] | null;
}

export interface Collateral {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** As of this moment, as typed; empty for now. */
export const asOf = signal("");
/** A file of the user's own; null for this site's bundle. */
export const ownCollateral = signal<Collateral | null>(null);

export const rows = signal<readonly Row[]>([]);
export const run = signal<{ total: number; isRunning: boolean; complaint: string } | null>(null);

let controller: AbortController | null = null;

/** No file of a ceremony is longer; the one byte more lets the Report say that this one is. */
const MOST_BYTES = 256 * 1024 + 1;
/** Drawing the table for every single file would take longer than verifying it. */
const DRAW_MS = 100;

export async function verifyFiles(files: readonly File[]): Promise<void> {
  stop();
  const mine = new AbortController();
  controller = mine;
  rows.value = [];
  const moment = asOf.peek().trim() === "" ? null : parseMoment(asOf.peek());
  if (asOf.peek().trim() !== "" && moment === null) {
    run.value = { total: 0, isRunning: false, complaint: "This is no date and time. Write it as 2025-06-20 14:03:22, in UTC." };
    return;
  }
  run.value = { total: files.length, isRunning: true, complaint: "" };
  const own = ownCollateral.peek();
  const shared: Omit<VerifyRequest, "evidence"> = {
    ...(own === null ? {} : { collateral: own.bytes }),
    ...(moment === null ? { at: nowSeconds(), time: "now" as const } : { at: moment, time: "as_of" as const }),
    ...(listText.peek() === "" || list.peek().complaint !== null ? {} : { attesters: listText.peek() }),
  };
  const by = own === null ? "site" as const : "own over site" as const;
  const done: (Row | undefined)[] = [];
  const show = () => {
    if (controller === mine) rows.value = done.filter((row) => row !== undefined);
  };
  const lanes = [(request: VerifyRequest) => background("appraise", request, by)];
  let drawn = performance.now();
  try {
    for await (const { index, report, error } of verifyMany(requests(files, shared, done), { lanes, signal: mine.signal })) {
      const file = nameOf(files[index] as File);
      done[index] ??= report === undefined ? unread(file, faultOf(error).message, isUnanswered(error) ? faultOf(error).code : null) : rowOf(file, report);
      if (performance.now() - drawn < DRAW_MS) continue;
      show();
      // The page gets its turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
      drawn = performance.now();
    }
    if (controller === mine) announce(`${files.length} files checked.`);
  } catch (thrown) {
    if (!mine.signal.aborted && controller === mine) run.value = { total: files.length, isRunning: false, complaint: faultOf(thrown).message };
  } finally {
    if (controller === mine) {
      show();
      if (run.peek() !== null) run.value = { ...run.peek()!, isRunning: false };
    }
  }
}

export function stop(): void {
  controller?.abort();
}

/** What was found with other lists, of another moment or by other collateral must not stand beside these. */
effect(() => {
  for (const given of [lists.known, lists.revoked, listText, asOf, ownCollateral]) void given.value;
  stop();
  controller = null;
  rows.value = [];
  run.value = null;
});

async function* requests(files: readonly File[], shared: Omit<VerifyRequest, "evidence">, done: (Row | undefined)[]): AsyncGenerator<VerifyRequest> {
  for (const [index, file] of files.entries()) {
    let evidence = new Uint8Array();
    try {
      evidence = new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer());
    } catch {
      done[index] = unread(nameOf(file), "The file could not be read: it may have been moved or changed.");
    }
    yield { ...shared, evidence };
  }
}

/** With its folder, where a whole one was chosen. */
const nameOf = (file: File) => file.webkitRelativePath || file.name;

function unread(file: string, summary: string, code: string | null = null): Row {
  return { file, verdict: null, ppid: null, fmspc: null, tcb_status: null, code, summary, evidence_sha256: null, at: null, registry: null };
}

function rowOf(file: string, report: Report): Row {
  const open = (["fail", "warn"] as const).flatMap((outcome) => report.checks.filter((check) => check.outcome === outcome));
  return {
    file,
    verdict: report.verdict,
    ppid: report.identity?.ppid ?? null,
    fmspc: report.identity?.fmspc ?? null,
    tcb_status: report.tcb?.status ?? null,
    code: open[0]?.code ?? null,
    summary: report.summary,
    evidence_sha256: report.inputs.evidence_sha256,
    at: report.at,
    registry: report.registry?.standing ?? null,
  };
}

/** The verdict, or in a word why there is none. */
export function wordOf({ verdict, code }: Row): string {
  return verdict ?? (code === null ? "unreadable" : "unanswered");
}

const COLUMNS = ["file", "verdict", "ppid", "fmspc", "tcb_status", "code", "summary", "evidence_sha256", "at", "registry"] as const satisfies readonly (keyof Row)[];

export function asJson(of: readonly Row[]): string {
  return `${JSON.stringify(of, null, 1)}\n`;
}

/** RFC 4180. A spreadsheet takes what begins with one of = + - @ for a formula: an apostrophe before it keeps it a text. */
export function asCsv(of: readonly Row[]): string {
  const cell = (value: string | number | null) => {
    const text = String(value ?? "");
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [COLUMNS.join(","), ...of.map((row) => COLUMNS.map((column) => cell(row[column])).join(","))].join("\r\n") + "\r\n";
}
