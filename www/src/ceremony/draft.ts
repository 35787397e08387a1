// A ceremony while it is held: what was entered and when. Kept in this browser, so that a reload loses nothing.

import { parseKey, type ChallengeOrigin, type CollateralSource, type Entered, type Participant } from "cloud-witness";
import { computed, signal } from "@preact/signals";
import { readNoted } from "../inputs/noted";
import { isKept, kept, type Kept } from "../ui/kept";
import { formatUtc, nowSeconds } from "../time";

export const STEPS = ["participants", "colocation", "console", "challenge", "command", "hash", "file", "appraisal", "outcome"] as const;

export type Step = (typeof STEPS)[number];

export interface Draft {
  schema: 1;
  participants: Participant[];
  colocation: { answer: Entered["colocation"]["answer"] | ""; how: string };
  console: Entered["console"];
  challenge: { hex: string; origin: ChallengeOrigin } | null;
  /** How the challenge is to be made: by length, by another witness's digits, by a public round. */
  making: { bytes: string; typed: string; round: string };
  minutes: string;
  /** Positions in `participants`. */
  madeBy: number;
  notedBy: number;
  notedHash: string;
  file: { name: string; base64: string } | null;
  /** The witness's own; null for this site's. */
  collateral: { name: string; text: string; from: CollateralSource } | null;
  warningReason: string;
  notes: string;
  recording: string;
  /** When each step ended, Unix seconds. */
  times: Partial<Record<Step, number>>;
}

const NOBODY: Participant = { name: "", project: "", role: "witness", key: null };

const EMPTY: Draft = {
  schema: 1,
  participants: [{ ...NOBODY, role: "prover" }, NOBODY, NOBODY],
  colocation: { answer: "", how: "" },
  console: { provider: "", product: "", region: "", console_type: "", machine: "" },
  challenge: null,
  making: { bytes: "32", typed: "", round: "" },
  minutes: "15",
  madeBy: 1,
  notedBy: 1,
  notedHash: "",
  file: null,
  collateral: null,
  warningReason: "",
  notes: "",
  recording: "",
  times: {},
};

const text = kept("cloud-witness.ceremony");

export const draftText: Kept = text;

export const draft = computed<Draft>(() => parse(text.value) ?? EMPTY);

/** What was kept, when it is no draft of this version. */
export const unreadable = computed<string | null>(() => (text.value !== "" && parse(text.value) === null ? text.value : null));

export const isEmpty = computed(() => text.value === "");

/** A step that is looked at again, though it has ended. */
export const reopened = signal<Step | null>(null);

/** Why a step could not end: the clock says an earlier time than at the step before. */
export const clockProblem = signal<{ now: number; before: number } | null>(null);

export const current = computed<Step | null>(() => reopened.value ?? STEPS.find((step) => draft.value.times[step] === undefined) ?? null);

export function change(patch: Partial<Draft>): void {
  text.value = JSON.stringify({ ...draft.peek(), ...patch });
}

/** Ends a step now; false when the clock was set back since the step before. */
export function finish(step: Step, patch: Partial<Draft> = {}): boolean {
  const { times } = draft.peek();
  const now = nowSeconds();
  const before = STEPS.slice(0, STEPS.indexOf(step)).reduce((latest, earlier) => Math.max(latest, times[earlier] ?? 0), 0);
  if (now < before) {
    clockProblem.value = { now, before };
    return false;
  }
  clockProblem.value = null;
  const wasCorrected = times[step] !== undefined && times.challenge !== undefined;
  change({
    ...patch,
    times: { ...times, [step]: times[step] ?? now },
    // The step keeps its time; that it was put right afterwards stands in the record too.
    ...(wasCorrected ? { notes: `${draft.peek().notes}\nCorrected ${formatUtc(now)}: ${step}.`.trim() } : {}),
  });
  reopened.value = null;
  return true;
}

/** How much of a hash that was noted wrongly is told again. */
const MOST_TOLD = 100;

/**
 * Puts the noted hash right. The run, the file and the step's time stay; what was noted before stands in the record, and with
 * another hash the verdict has to be seen again.
 */
export function correctHash(notedHash: string, notedBy: number): void {
  const { times, notes, notedHash: before, notedBy: by } = draft.peek();
  const { appraisal: _seen, outcome: _made, ...earlier } = times;
  const isAnother = readNoted(notedHash).sha256 !== readNoted(before).sha256;
  const said = isAnother ? `the noted hash, before ${before.trim().slice(0, MOST_TOLD)}` : notedBy === by ? "" : "who noted the hash";
  change({
    notedHash,
    notedBy,
    times: isAnother ? earlier : times,
    notes: said === "" ? notes : `${notes}\nCorrected ${formatUtc(nowSeconds())}: ${said}.`.trim(),
  });
  reopened.value = null;
}

/** Whether there is a noted hash to put right. One that was not shown cannot be noted later: its step is done again. */
export function canCorrectHash({ times, notedHash }: Draft): boolean {
  return times.hash !== undefined && notedHash.trim() !== "";
}

/** A step that no longer holds as it was entered. */
export function unfinish(step: Step): void {
  const { [step]: _ended, ...times } = draft.peek().times;
  change({ times });
  reopened.value = null;
}

/** Does a step, and all that rests on it, again. */
export function redo(step: Step): void {
  const { times, challenge } = draft.peek();
  const undone = new Set<string>(STEPS.slice(STEPS.indexOf(step)));
  const isBefore = (later: Step) => STEPS.indexOf(step) <= STEPS.indexOf(later);
  // A challenge that was shown once is used up, whatever came of it.
  if (isBefore("challenge") && challenge !== null) useUp(challenge.hex);
  change({
    times: Object.fromEntries(Object.entries(times).filter(([name]) => !undone.has(name))),
    ...(isBefore("challenge") ? { challenge: null } : {}),
    // A hash is noted before its file is there: with either of them done again, the file must come anew.
    ...(isBefore("hash") ? { notedHash: "" } : {}),
    ...(isBefore("file") ? { file: null } : {}),
  });
  reopened.value = null;
  clockProblem.value = null;
}

/** Steps whose text can be put right without doing anything of the call again. */
export function canReopen(step: Step): boolean {
  return step === "participants" || step === "colocation" || step === "console";
}

/** Challenges that were shown here in a ceremony: each is good once (O25). One hex a line. */
const used = kept("cloud-witness.used-challenges");

/** Whether challenges of this visit are unknown to the next one. */
export const areUsedForgotten = () => !isKept(used);

export function wasUsed(challenge: string): boolean {
  // Zeros behind a challenge make no other one: the hardware's answer is padded with them.
  const bare = (hex: string) => hex.replace(/(00)+$/, "");
  return used.peek().split("\n").some((earlier) => earlier !== "" && bare(earlier) === bare(challenge));
}

/** Remembers the challenge of a ceremony whose record was made, or that ended without one. */
export function useUp(challenge: string): void {
  if (!wasUsed(challenge)) used.value = `${used.peek()}${challenge}\n`;
}

export function erase(): void {
  const { challenge } = draft.peek();
  if (challenge !== null) useUp(challenge.hex);
  text.value = "";
  reopened.value = null;
  clockProblem.value = null;
}

export function exported(): string {
  return `${JSON.stringify(draft.peek(), null, 2)}\n`;
}

/** Goes on with what another witness, or this one earlier, saved. */
export function importDraft(bytes: Uint8Array): void {
  const read = new TextDecoder().decode(bytes);
  if (parse(read) === null) throw new Error("This is no ceremony that was saved half-way. A finished one is opened under “Record”.");
  text.value = read;
  reopened.value = null;
}

/** Null for what is no draft of this version. A file of another person's must not break the view. */
function parse(json: string): Draft | null {
  try {
    const read = JSON.parse(json) as Draft;
    return isDraft(read) ? read : null;
  } catch {
    return null;
  }
}

function isDraft(read: Draft): boolean {
  const { challenge, collateral, file } = read;
  const isPerson = (one: Participant) =>
    areTexts(one, ["name", "project"]) && (one.role === "prover" || one.role === "witness") && (one.key === null || typeof one.key === "string");
  return read.schema === 1
    && Array.isArray(read.participants) && read.participants.length >= 3 && read.participants.length <= 32 && read.participants.every(isPerson)
    && areTexts(read, ["minutes", "notedHash", "warningReason", "notes", "recording"])
    && areTexts(read.colocation, ["answer", "how"]) && ["", "not_offered", "shown_not_in_it", "not_shown", "in_colocation"].includes(read.colocation.answer)
    && areTexts(read.console, Object.keys(EMPTY.console)) && areTexts(read.making, Object.keys(EMPTY.making))
    && [read.madeBy, read.notedBy].every((index) => read.participants[index]?.role === "witness")
    && (challenge === null || (typeof challenge.hex === "string" && typeof challenge.origin?.type === "string"))
    && (file === null || (areTexts(file, ["name", "base64"]) && /^[A-Za-z0-9+/]*={0,2}$/.test(file.base64)))
    && (collateral === null || (areTexts(collateral, ["name", "text"]) && ["site", "witness", "applicant"].includes(collateral.from)))
    && typeof read.times === "object" && read.times !== null && Object.values(read.times).every((time) => Number.isSafeInteger(time));
}

function areTexts(read: object, keys: readonly string[]): boolean {
  return typeof read === "object" && read !== null && keys.every((key) => typeof (read as Record<string, unknown>)[key] === "string");
}

/** What people entered and saw, as the record has it; null before every step has ended. */
export function entered(of: Draft, outcomeAt: number): Entered | null {
  const { times, challenge, colocation } = of;
  if (challenge === null || colocation.answer === "") return null;
  const { participants, colocation: asked, console: seen, challenge: made, file, appraisal } = times;
  if ([participants, asked, seen, made, file, appraisal].includes(undefined)) return null;
  const isNoted = of.notedHash.trim() !== "";
  return {
    kind: colocation.answer === "in_colocation" ? "colocation" : "bare_metal",
    participants: asRecorded(of.participants),
    colocation: { answer: colocation.answer, how: colocation.how },
    console: of.console,
    times: {
      participants: participants!, colocation: asked!, console: seen!, challenge: made!,
      command: times.command ?? null, hash: isNoted ? (times.hash ?? null) : null,
      file: file!, appraisal: appraisal!, outcome: outcomeAt,
    },
    challenge: { hex: challenge.hex, minutes: Number(of.minutes), made_by: of.madeBy, origin: challenge.origin },
    file: { name: of.file?.name ?? "", noted_sha256: isNoted ? readNoted(of.notedHash).sha256 : null, noted_by: isNoted ? of.notedBy : null },
    warning_reason: orNull(of.warningReason),
    notes: orNull(of.notes),
    recording: orNull(of.recording),
  };
}

/** As the record has them, with each key read. */
export function asRecorded(participants: readonly Participant[]): Participant[] {
  return participants.map((one) => ({ ...one, key: one.key === null ? null : lineOf(one.key) }));
}

/** Without the comment that a .pub file ends with; what cannot be read stays as it was typed. */
function lineOf(text: string): string {
  try {
    return parseKey(text).line;
  } catch {
    return text;
  }
}

function orNull(entry: string): string | null {
  return entry.trim() === "" ? null : entry.trim();
}

export { NOBODY };
