// What is typed and given for a proposal, and for the second witness's look at one.

import type { Enrolment, EnrolmentReport } from "cloud-witness";
import { effect, signal } from "@preact/signals";
import { listText } from "../attesters/store";
import { signersText } from "../keys/store";
import { recordText } from "../record/store";
import { announce } from "../report/announcer";
import { nowSeconds } from "../time";
import { kept } from "../ui/kept";
import { background } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { knownFile, lists } from "./store";

export interface File {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** As whom the commit is made: kept, as it is the same each time. */
export const authorName = kept("cloud-witness.author-name");
export const authorEmail = kept("cloud-witness.author-email");

/** The registry's known.csv, when it is another than the list that is loaded. */
export const ownKnown = signal<File | null>(null);

export type Proposed = { state: "making" } | { state: "made"; enrolment: Enrolment } | { state: "refused"; code: string; message: string };
export const proposed = signal<Proposed | null>(null);

export function knownCsv(): File | null {
  return ownKnown.peek() ?? knownFile();
}

const trusted = () => ({
  ...(signersText.peek() === "" ? {} : { signers: signersText.peek() }),
  ...(listText.peek() === "" ? {} : { attesters: listText.peek() }),
});

let proposals = 0;
effect(() => {
  void [recordText.value, ownKnown.value, lists.known.value, lists.revoked.value, authorName.value, authorEmail.value, signersText.value, listText.value];
  proposals += 1;
  proposed.value = null;
});

export async function propose(): Promise<void> {
  proposals += 1;
  const mine = proposals;
  proposed.value = { state: "making" };
  const reached = await background("enrol", recordText.peek(), {
    known: knownCsv()?.bytes ?? "",
    author: { name: authorName.peek().trim(), email: authorEmail.peek().trim() },
    at: nowSeconds(),
    ...trusted(),
  }).then(
    (enrolment): Proposed => ({ state: "made", enrolment }),
    (thrown): Proposed => ({ state: "refused", ...faultOf(thrown) }),
  );
  if (mine !== proposals) return;
  proposed.value = reached;
  announce(reached.state === "made" ? "The proposal is made." : reached.state === "refused" ? reached.message : "");
}

/** What the second witness gives: the patch, their own copy of the record, and the registry's known.csv. */
export const patch = signal<File | null>(null);
export const ownRecord = signal<File | null>(null);
export const baseKnown = signal<File | null>(null);

export type Second = { state: "checking" } | { state: "checked"; report: EnrolmentReport } | { state: "refused"; message: string };
export const second = signal<Second | null>(null);

let checks = 0;
effect(() => {
  void [patch.value, ownRecord.value, baseKnown.value, lists.known.value, lists.revoked.value, signersText.value, listText.value];
  checks += 1;
  second.value = null;
});

export async function checkPatch(): Promise<void> {
  const of = patch.peek();
  if (of === null) return void (second.value = { state: "refused", message: "Give the patch first: the file that ends in .patch." });
  checks += 1;
  const mine = checks;
  second.value = { state: "checking" };
  const known = baseKnown.peek() ?? knownFile();
  const record = ownRecord.peek();
  const reached = await background("checkEnrolment", {
    patch: of.bytes,
    ...(record === null ? {} : { record: record.bytes }),
    ...(known === null ? {} : { known: known.bytes }),
    ...trusted(),
  }).then(
    (report): Second => ({ state: "checked", report }),
    (thrown): Second => ({ state: "refused", message: faultOf(thrown).message }),
  );
  if (mine !== checks) return;
  second.value = reached;
  if (reached.state === "checked") announce(`${reached.report.headline}. ${reached.report.summary}`);
}
