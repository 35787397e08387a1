// "Try it with a real sample": a whole ceremony that comes with the page.

import sample from "cloud-witness-sample";
import { EMPTY, type Inputs } from "./inputs";
import { formatUtc } from "./time";

export const sampleCeremonies = sample.ceremonies;

/** The inputs of a sample ceremony, as a witness would have filled them in. */
export function sampleInputs(index: number): Inputs | null {
  const ceremony = sample.ceremonies[index];
  if (ceremony === undefined) return null;
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  return {
    ...EMPTY,
    documents: {
      ...EMPTY.documents,
      evidence: { name: `${ceremony.name} (comes with this page)`, bytes: bytesOf(ceremony.evidence), from: "sample" },
      collateral: { name: "Intel's collateral of that time (comes with this page)", bytes: bytesOf(ceremony.collateral), from: "sample" },
    },
    challenge: ceremony.challenge,
    notedHash: ceremony.sha256,
    collateral: "own",
    collateralFrom: "site",
    time: "as_of",
    asOf: formatUtc(ceremony.at),
  };
}
