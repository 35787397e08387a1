// The record that is open: ceremony.dsse.json, kept in this browser, and what opening it found.

import type { CeremonyReport, CeremonySignature } from "cloud-witness";
import { effect, signal } from "@preact/signals";
import { signersText } from "../keys/store";
import { nowSeconds } from "../time";
import { kept } from "../ui/kept";
import { background, engine, siteBundle } from "../verifier/engine";
import { faultOf } from "../verifier/fault";

/** The file's text; empty for none. */
export const recordText = kept("cloud-witness.record");

export type Opened = { state: "opening" } | { state: "opened"; report: CeremonyReport } | { state: "failed"; message: string };

export const opened = signal<Opened | null>(null);

/** Counts every change of what is opened; late answers about an earlier one are dropped. */
let generation = 0;

effect(() => {
  const text = recordText.value;
  const signers = signersText.value;
  if (engine.value !== "ready") return;
  generation += 1;
  const mine = generation;
  opened.value = text === "" ? null : { state: "opening" };
  if (text === "") return;
  const collateral = siteBundle();
  void background("openCeremony", text, {
    now: nowSeconds(),
    ...(collateral === undefined ? {} : { collateral, collateralFrom: "site" }),
    ...(signers === "" ? {} : { signers }),
  }).then(
    (report): Opened => ({ state: "opened", report }),
    (thrown): Opened => ({ state: "failed", message: faultOf(thrown).message }),
  ).then((reached) => {
    if (mine === generation) opened.value = reached;
  });
});

export function setRecord(file: string): void {
  recordText.value = file;
}

export function closeRecord(): void {
  recordText.value = "";
}

/** A file that cannot be read as text is still opened: the record's rows say what is wrong with it. */
export function openFile(bytes: Uint8Array): void {
  recordText.value = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** The signatures of another participant's copy. Throws when it is about another record. */
export async function merge(bytes: Uint8Array): Promise<void> {
  recordText.value = await background("mergeCeremonies", recordText.peek(), bytes);
}

export async function sign(signature: CeremonySignature): Promise<void> {
  recordText.value = await background("addSignature", recordText.peek(), signature);
}

export function toSign() {
  return background("bytesToSign", recordText.peek());
}
