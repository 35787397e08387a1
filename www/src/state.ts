// The page's state. One direction: inputs → verify → outcome. Components read the signals and call the functions here.

import { batch, effect, signal } from "@preact/signals";
import { generateChallenge, type Report } from "cloud-witness";
import { listText } from "./attesters/store";
import { background } from "./verifier/engine";
import { faultOf } from "./verifier/fault";
import { EMPTY, type Inputs, type Readings } from "./inputs";
import { requestFrom, type Problem } from "./request";
import { sampleInputs } from "./sample";
import { formatUtc, nowSeconds } from "./time";

export type Outcome =
  | { state: "checking" }
  | { state: "report"; report: Report }
  /** What the verifier could not take in: the user can put it right. */
  | { state: "refused"; code: string; message: string }
  | { state: "bug"; message: string };

export const inputs = signal<Inputs>(EMPTY);
export const readings = signal<Readings>({});
export const outcome = signal<Outcome | null>(null);
/** What keeps the inputs from being verified; filled when the user asks for it. */
export const problems = signal<readonly Problem[]>([]);
/** What the last sweeping change (clear, sample, new challenge) replaced, until the next change. */
export const undoable = signal<Inputs | null>(null);

/** Counts every change of an input and every run. A result is shown only if it is of the newest generation. */
let generation = 0;

/** Changes inputs. Whatever was said about the earlier ones goes away at once. */
export function change(patch: Partial<Inputs>): void {
  replace({ ...inputs.peek(), ...patch });
}

function replace(next: Inputs): void {
  batch(() => {
    invalidate();
    undoable.value = null;
    inputs.value = next;
  });
}

/** Something that a verdict rests on has changed: there is none until the next run. */
export function invalidate(): void {
  generation += 1;
  batch(() => {
    outcome.value = null;
    problems.value = [];
  });
}

/** Another tab may change the list of attester builds as well. */
effect(() => {
  void listText.value;
  invalidate();
});

/** Whether the inputs are those of the sample: its challenge is known to everybody. */
export function isSample({ documents }: Inputs): boolean {
  return documents.evidence?.from === "sample";
}

export function changeChallenge(text: string): void {
  change({ challenge: text, challengeMadeAt: null });
}

/** Makes a fresh challenge; its window starts now. */
export function makeChallenge(bytes: number): void {
  const earlier = inputs.peek();
  try {
    const { hex } = generateChallenge(bytes);
    batch(() => {
      if (isSample(earlier)) replace(EMPTY);
      change({ challenge: hex, challengeMadeAt: nowSeconds() });
      if (earlier.challenge !== "") undoable.value = earlier;
    });
  } catch (thrown) {
    outcome.value = failureOf(thrown);
  }
}

export function loadSample(index: number): void {
  const ceremony = sampleInputs(index);
  if (ceremony !== null) sweep(ceremony);
}

export function clear(): void {
  sweep(EMPTY);
}

export function undo(): void {
  const earlier = undoable.peek();
  if (earlier !== null) replace(earlier);
}

function sweep(next: Inputs): void {
  const earlier = inputs.peek();
  batch(() => {
    readings.value = {};
    replace(next);
    if (earlier !== EMPTY) undoable.value = earlier;
  });
}

export function verifyAsOf(moment: number): Promise<void> {
  change({ time: "as_of", asOf: formatUtc(moment) });
  return verifyInputs();
}

export async function verifyInputs(): Promise<void> {
  generation += 1;
  const mine = generation;
  const asked = requestFrom(inputs.peek(), readings.peek());
  problems.value = asked.problems;
  if (asked.request === null) {
    outcome.value = null;
    return;
  }
  outcome.value = { state: "checking" };
  await nextPaint();
  if (mine !== generation) return;
  const reached = await background("appraise", asked.request, inputs.peek().collateral === "site" ? "site" : "own over site").then((report): Outcome => ({ state: "report", report }), failureOf);
  if (mine !== generation) return;
  outcome.value = reached;
  if (reached.state === "report" && reached.report.time === "now") staleFrom = nowSeconds() + FRESH_SECONDS;
}

/** For so long a verdict about now may stand. */
const FRESH_SECONDS = 15 * 60;
let staleFrom: number | null = null;

/** A verdict about now must not be there when now is over: in a tab that was left open, say. */
export function dropStaleVerdict(): void {
  const shown = outcome.peek();
  if (shown?.state !== "report" || shown.report.time !== "now" || staleFrom === null || nowSeconds() < staleFrom) return;
  generation += 1;
  outcome.value = { state: "refused", code: "STALE", message: "The verdict was about a moment that is over by now. Press Verify again." };
}

function failureOf(thrown: unknown): Outcome {
  const { code, message } = faultOf(thrown);
  return code === "BUG" ? { state: "bug", message } : { state: "refused", code, message };
}

/** Lets "Checking…" be drawn first, where no worker could be started and verification keeps the tab busy. */
function nextPaint(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });
}
