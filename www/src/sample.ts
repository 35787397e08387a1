// "Try it with a real sample": a whole ceremony that comes with the page.

import sample from "cloud-witness-sample";
import { EMPTY, type Inputs } from "./inputs";
import { formatUtc } from "./time";

export const sampleCeremonies = sample.ceremonies;
export const sampleCollateral = sample.collateral;

/** The inputs of a sample ceremony, as a witness would have filled them in. */
export function sampleInputs(index: number): Inputs | null {
  const ceremony = sample.ceremonies[index];
  if (ceremony === undefined) return null;
  const bytesOf = (text: string) => new TextEncoder().encode(text);
  const set = sample.collateral.findIndex(({ json }) => json === ceremony.collateral);
  const ownCollateral = { name: "collateral of the sample", bytes: bytesOf(ceremony.collateral), from: "sample" } as const;
  return {
    ...EMPTY,
    documents: {
      ...EMPTY.documents,
      evidence: { name: `${ceremony.name} (comes with this page)`, bytes: bytesOf(ceremony.evidence), from: "sample" },
      collateral: set === -1 ? ownCollateral : null,
    },
    challenge: ceremony.challenge,
    notedHash: ceremony.sha256,
    collateralSet: set === -1 ? "own" : set,
    collateralFrom: "site",
    time: "as_of",
    asOf: formatUtc(ceremony.at),
  };
}
