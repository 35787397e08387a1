// Everything that the user gives: one immutable value, replaced as a whole by every change.

import type { CollateralSource } from "cloud-witness";

/** A file or a pasted text. The one buffer is what is hashed, verified and shown. */
export interface Document {
  name: string;
  bytes: Uint8Array;
  from: "file" | "pasted" | "sample";
  /** As it stands in its field, of which the bytes may not be able to tell everything. */
  pasted?: string;
}

/** The inputs that a document can be put into. */
export type Slot = "evidence" | "collateral" | "policy";

/** Slots whose file is being read, or could not be (then with the reason). */
export type Readings = Readonly<Partial<Record<Slot, { name: string; error: string | null }>>>;

export interface Inputs {
  documents: Readonly<Record<Slot, Document | null>>;
  challenge: string;
  /** When the button made the challenge, Unix seconds; null for a challenge that was typed in. */
  challengeMadeAt: number | null;
  /** When a typed challenge was read out, as text. */
  challengeReadOut: string;
  challengeMinutes: string;
  notedHash: string;
  /** This site's bundle, or the user's own document. */
  collateral: "site" | "own";
  /** Who handed over the user's own document. */
  collateralFrom: CollateralSource;
  time: "now" | "as_of";
  asOf: string;
  policy: "ceremony" | "strict" | "own";
}

export const CHALLENGE_MINUTES = 15;

export const EMPTY: Inputs = {
  documents: { evidence: null, collateral: null, policy: null },
  challenge: "",
  challengeMadeAt: null,
  challengeReadOut: "",
  challengeMinutes: String(CHALLENGE_MINUTES),
  notedHash: "",
  collateral: "site",
  collateralFrom: "applicant",
  time: "now",
  asOf: "",
  policy: "ceremony",
};
