// Turns what the user gave into a request to the verifier, or says what keeps it from being one.
// It judges no evidence: a malformed challenge or hash goes in as typed, and its row in the Report says so.

import { parsePolicy, type VerifyRequest } from "cloud-witness";
import { list, listText } from "./attesters/store";
import { faultOf } from "./verifier/fault";
import { CHALLENGE_MINUTES, type Document, type Inputs, type Readings, type Slot } from "./inputs";
import { readNoted } from "./inputs/noted";
import { nowSeconds, parseMoment } from "./time";

export type Field = Slot | "attesters" | "challengeReadOut" | "challengeMinutes" | "asOf";

export interface Problem {
  field: Field;
  message: string;
}

export type Asked = { request: VerifyRequest; problems: [] } | { request: null; problems: Problem[] };

export function requestFrom(inputs: Inputs, reading: Readings): Asked {
  const evidence = inputs.documents.evidence;
  const problems = problemsOf(inputs, reading);
  if (evidence === null || problems.length > 0) return { request: null, problems };
  const request: VerifyRequest = {
    evidence: evidence.bytes,
    ...challengeOf(inputs),
    ...(inputs.notedHash === "" ? {} : { sha256: readNoted(inputs.notedHash).sha256 }),
    ...collateralOf(inputs),
    ...timeOf(inputs),
    policy: policyOf(inputs),
    ...(listText.peek() === "" ? {} : { attesters: listText.peek() }),
  };
  return { request, problems: [] };
}

function problemsOf(inputs: Inputs, reading: Readings): Problem[] {
  const found: Problem[] = [];
  const say = (field: Field, message: string) => found.push({ field, message });
  for (const slot of ["evidence", "collateral", "policy"] as const) {
    if (reading[slot]?.error === null && isUsed(inputs, slot)) say(slot, "This file is still being read. Try again in a moment.");
  }
  if (found.length === 0 && inputs.documents.evidence === null) say("evidence", "Give the attester's file first: drop it, choose it, or paste its text.");
  if (hasReadOutTime(inputs) && parseMoment(inputs.challengeReadOut) === null) {
    say("challengeReadOut", "This is no date and time. Write it as 2025-06-20 14:03:22, in UTC.");
  }
  if (inputs.challenge !== "" && minutesOf(inputs) === null) say("challengeMinutes", "Give whole minutes, from 1 to 1440.");
  if (inputs.time === "as_of" && parseMoment(inputs.asOf) === null) {
    say("asOf", "This is no date and time. Write it as 2025-06-20 14:03:22, in UTC.");
  }
  if (inputs.policy === "own") {
    const complaint = complaintAbout(inputs.documents.policy, parsePolicy);
    if (complaint !== null) say("policy", complaint);
  }
  const { complaint } = list.peek();
  if (complaint !== null) say("attesters", complaint);
  return found;
}

function isUsed(inputs: Inputs, slot: Slot): boolean {
  if (slot === "collateral") return inputs.collateral === "own";
  if (slot === "policy") return inputs.policy === "own";
  return true;
}

/** A challenge that was made here has its exact time; one that was typed in may have a time typed with it. */
function hasReadOutTime(inputs: Inputs): boolean {
  return inputs.challenge !== "" && inputs.challengeMadeAt === null && inputs.challengeReadOut.trim() !== "";
}

function minutesOf(inputs: Inputs): number | null {
  const text = inputs.challengeMinutes.trim();
  if (text === "") return CHALLENGE_MINUTES;
  const minutes = Number(text);
  return /^\d+$/.test(text) && minutes >= 1 && minutes <= 1440 ? minutes : null;
}

/** What is wrong with a policy or list, in the verifier's words; null when it can be used. */
function complaintAbout(document: Document | null, parse: (text: string) => unknown): string | null {
  if (document === null) return "Give its JSON: drop a file, choose one, or paste the text.";
  const text = textOf(document);
  if (text === null) return "This file is not UTF-8 text.";
  try {
    parse(text);
    return null;
  } catch (thrown) {
    return faultOf(thrown).message;
  }
}

function challengeOf(inputs: Inputs): Pick<VerifyRequest, "challenge" | "challengeIssuedAt" | "challengeMinutes"> {
  if (inputs.challenge === "") return {};
  const challengeMinutes = minutesOf(inputs) ?? CHALLENGE_MINUTES;
  const issuedAt = inputs.challengeMadeAt ?? parseMoment(inputs.challengeReadOut);
  return { challenge: inputs.challenge, challengeMinutes, ...(issuedAt === null ? {} : { challengeIssuedAt: issuedAt }) };
}

function collateralOf(inputs: Inputs): Pick<VerifyRequest, "collateral" | "collateralFrom"> {
  if (inputs.collateral === "site") return {};
  const own = inputs.documents.collateral;
  return own === null ? {} : { collateral: own.bytes, collateralFrom: inputs.collateralFrom };
}

function timeOf(inputs: Inputs): Pick<VerifyRequest, "time" | "at"> {
  const asOf = inputs.time === "as_of" ? parseMoment(inputs.asOf) : null;
  return asOf === null ? { time: "now", at: nowSeconds() } : { time: "as_of", at: asOf };
}

function policyOf(inputs: Inputs): string {
  if (inputs.policy !== "own") return inputs.policy;
  return textOf(inputs.documents.policy) ?? "";
}

/** The document as text; null when there is none, or when it is not UTF-8. */
export function textOf(document: Document | null): string | null {
  if (document === null) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(document.bytes);
  } catch {
    return null;
  }
}
