// The record that is open: ceremony.dsse.json, kept in this browser, and what opening it found.

import type { CeremonyReport, CeremonySignature } from "cloud-witness";
import { effect, signal } from "@preact/signals";
import { list as attesterList, listText as attestersText } from "../attesters/store";
import { signersText } from "../keys/store";
import { lists } from "../registry/store";
import { announce } from "../report/announcer";
import { nowSeconds } from "../time";
import { kept } from "../ui/kept";
import { background, engine, siteBundle } from "../verifier/engine";
import { faultOf, isUnanswered } from "../verifier/fault";

/** The file's text; empty for none. */
export const recordText = kept("cloud-witness.record");

/** The record that was open before this one. */
export const earlierRecord = kept("cloud-witness.record-earlier");

/** Files that the record names and does not hold: in this tab alone, as they may be large. */
const beside = signal<readonly Uint8Array<ArrayBuffer>[]>([]);

export function giveBeside(bytes: Uint8Array<ArrayBuffer>): void {
  beside.value = [...beside.peek(), bytes];
}

export type Opened =
  | { state: "opening" }
  /** While `isOld`, the text has changed and is being opened again: what is shown must not be signed. */
  | { state: "opened"; report: CeremonyReport; isOld: boolean }
  | { state: "failed"; message: string; onAgain: (() => void) | null };

export const opened = signal<Opened | null>(null);

/** When what is known today was last asked: in a tab that was left open, today becomes another day. */
const asked = signal(nowSeconds());
const ASK_AGAIN_SECONDS = 15 * 60;

/** Counts what the user asked for again. */
const attempt = signal(0);

/** Asks again what is known today, once that is a while ago. */
export function askAgain(): void {
  if (recordText.peek() !== "" && Math.abs(nowSeconds() - asked.peek()) >= ASK_AGAIN_SECONDS) asked.value = nowSeconds();
}

/** Counts every change of what is opened; late answers about an earlier one are dropped. */
let generation = 0;

/** What was announced of the record: a list that changes nothing of that is no news. */
let said = "";

effect(() => {
  const text = recordText.value;
  const signers = signersText.value;
  const attesters = attesterList.value.complaint === null ? attestersText.value : "";
  const other = earlierRecord.value;
  const files = [...beside.value];
  // The verifier opens it beside today's lists, and at another moment.
  for (const list of [asked, attempt, lists.known, lists.revoked]) void list.value;
  if (engine.value !== "ready") return;
  generation += 1;
  const mine = generation;
  const before = opened.peek();
  if (text === "") opened.value = null;
  else opened.value = before?.state === "opened" ? { ...before, isOld: true } : { state: "opening" };
  if (text === "") {
    said = "";
    return;
  }
  const collateral = siteBundle();
  void asEarlier(other).then((earlier) => background("openCeremony", text, {
    now: nowSeconds(),
    ...(collateral === undefined ? {} : { collateral, collateralFrom: "site" }),
    ...(signers === "" ? {} : { signers }),
    ...(attesters === "" ? {} : { attesters }),
    earlier,
    ...(files.length === 0 ? {} : { files }),
  })).then(
    (report): Opened => ({ state: "opened", report, isOld: false }),
    (thrown): Opened => ({ state: "failed", message: faultOf(thrown).message, onAgain: isUnanswered(thrown) ? () => (attempt.value += 1) : null }),
  ).then((reached) => {
    if (mine !== generation) return;
    opened.value = reached;
    if (reached.state !== "opened") return;
    const words = inWords(reached.report);
    if (words !== said) announce(words);
    said = words;
  });
});

function inWords({ headline, summary, today }: CeremonyReport): string {
  const listed = today?.registry?.outcome === "fail" ? ` Today: ${today.registry.detail}` : "";
  return `The record's verdict: ${headline}. ${summary}${listed}`;
}

/** The record that was open before, in which the challenge must not stand; nothing where it is none. Unread, it is not left out. */
async function asEarlier(text: string): Promise<string[]> {
  if (text === "") return [];
  return background("bytesToSign", text).then(() => [text], (thrown) => {
    if (isUnanswered(thrown)) throw thrown;
    return [];
  });
}

/** Opens another record; the one before can be brought back. */
export function setRecord(file: string): void {
  if (recordText.peek() !== "" && recordText.peek() !== file) earlierRecord.value = recordText.peek();
  opened.value = null;
  beside.value = [];
  recordText.value = file;
}

export function closeRecord(): void {
  setRecord("");
}

export function bringBack(): void {
  setRecord(earlierRecord.peek());
}

/** A file that cannot be read as text is still opened: the record's rows say what is wrong with it. */
export function openFile(bytes: Uint8Array): void {
  setRecord(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
}

const ANOTHER_OPENED = "Another record was opened meanwhile: nothing was added to it.";

/** One change after the other, each of the text as the one before left it. */
let changes: Promise<unknown> = Promise.resolve();

function changeRecord(make: (text: string) => Promise<string>): Promise<void> {
  const mine = changes.then(async () => {
    const before = recordText.peek();
    const made = await make(before);
    if (recordText.peek() !== before) throw new Error(ANOTHER_OPENED);
    recordText.value = made;
  });
  changes = mine.catch(() => {});
  return mine;
}

/**
 * The signatures of another participant's copy, for the record that is shown, by its name. Throws when the copy, or what another
 * tab has opened meanwhile, is about another record.
 */
export function merge(bytes: Uint8Array, shown: string | null): Promise<void> {
  return changeRecord(async (text) => {
    if ((await background("bytesToSign", text)).payload_sha256 !== shown) throw new Error(ANOTHER_OPENED);
    return background("mergeCeremonies", text, bytes);
  });
}

export function sign(signature: CeremonySignature): Promise<void> {
  return changeRecord((text) => background("addSignature", text, signature));
}

export function addLater(payload: string, signature: CeremonySignature): Promise<void> {
  return changeRecord((text) => background("addAddendum", text, payload, signature));
}

export function toSign() {
  return background("bytesToSign", recordText.peek());
}
