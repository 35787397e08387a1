// Files and pasted texts. A file is read once; its one buffer is hashed, verified and shown.

import { computed, effect, signal } from "@preact/signals";
import { background, engine } from "./verifier/engine";
import { faultOf } from "./verifier/fault";
import { EMPTY, type Document, type Slot } from "./inputs";
import { change, inputs, isSample, readings } from "./state";

/** Far above everything that the verifier accepts; it only keeps a wrong pick (a disk image) out of memory. */
const MOST_BYTES_READ = 32 * 1024 * 1024;

export async function pickFile(slot: Slot, file: File): Promise<void> {
  if (file.size > MOST_BYTES_READ) {
    refuseFile(slot, file.name, `It has ${file.size.toLocaleString("en")} bytes, far more than such a file can have, and was not read.`);
    return;
  }
  const mine = { name: file.name, error: null };
  setDocument(slot, null);
  readings.value = { ...readings.peek(), [slot]: mine };
  // A slow read of an earlier file must not replace what was given since.
  const isNewest = () => readings.peek()[slot] === mine;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (!isNewest()) return;
    endReading(slot);
    setDocument(slot, { name: file.name, bytes, from: "file" });
  } catch (thrown) {
    if (isNewest()) refuseFile(slot, file.name, `The browser could not read it: ${faultOf(thrown).message}`);
  }
}

export function pasteText(slot: Slot, text: string): void {
  endReading(slot);
  const pasted: Document = { name: "pasted text", bytes: new TextEncoder().encode(text), from: "pasted", pasted: text };
  setDocument(slot, text === "" ? null : pasted);
}

export function removeDocument(slot: Slot): void {
  endReading(slot);
  setDocument(slot, null);
}

export function refuseFile(slot: Slot, name: string, error: string): void {
  setDocument(slot, null);
  readings.value = { ...readings.peek(), [slot]: { name, error } };
}

function endReading(slot: Slot): void {
  const { [slot]: _ended, ...others } = readings.peek();
  readings.value = others;
}

function setDocument(slot: Slot, document: Document | null): void {
  const now = inputs.peek();
  // One's own file is not of the sample's moment, and not for its challenge.
  const before = slot === "evidence" && isSample(now) ? EMPTY : now;
  change({ ...before, documents: { ...before.documents, [slot]: document } });
}

const hashed = signal<{ document: Document; sha256: string | null } | null>(null);

/** The SHA-256 of the evidence as given, shown beside it before anything is verified; undefined until it is known, null where it cannot be. */
export const evidenceSha256 = computed<string | null | undefined>(() => {
  const evidence = inputs.value.documents.evidence;
  return evidence !== null && hashed.value?.document === evidence ? hashed.value.sha256 : undefined;
});

effect(() => {
  const document = inputs.value.documents.evidence;
  if (document === null || engine.value !== "ready") return;
  void background("sha256", document.bytes).then(
    (hex) => (hashed.value = { document, sha256: hex }),
    () => (hashed.value = { document, sha256: null }),
  );
});
