import type { CeremonyCheckId } from "cloud-witness";

/** What each row asks; "pass" always means yes. */
export const CEREMONY_QUESTIONS: Readonly<Record<CeremonyCheckId, string>> = {
  "record.format": "Is it a whole, unchanged record?",
  participants: "Are there a prover and witnesses of two other projects?",
  times: "Do its steps follow each other?",
  console: "Was the machine picked on a provider's console?",
  colocation: "Does the evidence of colocation, checked again, give what the record says?",
  challenge: "Was the challenge made for this, and answered in time?",
  evidence: "Does it hold the file that it names?",
  "collateral.fresh": "Was Intel's collateral fresh then?",
  appraisal: "Does the evidence, checked again, give the Report inside?",
  subject: "Does it speak of the machine in its evidence?",
  outcome: "Is it a verdict that may be signed, with its reason?",
  signatures: "Are all its signatures good?",
  quorum: "Did the prover and witnesses of two other projects sign?",
  signers: "Are the signers' keys on your list?",
  attester: "Is the attester's build on your list?",
  addenda: "Did a participant sign what was added later?",
};
