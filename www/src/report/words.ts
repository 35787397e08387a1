// The plain words for the Report's closed sets of values. Every verdict and outcome itself comes from the Report.

import type { ChainLink, CheckId, CollateralSource, Outcome, Verdict } from "cloud-witness";
import type { IconName } from "../ui/icon";

interface Group {
  title: string;
  checks: readonly CheckId[];
}

/** The seventeen rows in the appraisal's order. */
export const GROUPS: readonly Group[] = [
  { title: "The file", checks: ["file.decoded", "file.digest", "file.consistent", "quote.structure"] },
  { title: "Intel's collateral", checks: ["collateral.found", "collateral.current", "collateral.genuine"] },
  { title: "The signatures", checks: ["pck.chain", "qe.report", "quote.key", "quote.signature"] },
  { title: "The platform", checks: ["tcb.status", "enclave.attributes", "enclave.attester"] },
  { title: "The ceremony", checks: ["challenge", "ppid.recorded", "registry"] },
];

/** What each row asks; "pass" always means yes. */
export const QUESTIONS: Readonly<Record<CheckId, string>> = {
  "file.decoded": "Is there exactly one quote in the file?",
  "file.digest": "Is it the file whose hash was noted?",
  "file.consistent": "Do its printed lines say what the quote says?",
  "quote.structure": "Is the quote whole and well formed?",
  "collateral.found": "Is there collateral for this platform?",
  "collateral.current": "Is the collateral within its dates?",
  "collateral.genuine": "Did Intel sign the collateral?",
  "pck.chain": "Did Intel certify this machine's key, and not revoke it?",
  "qe.report": "Did that key sign for Intel's own quoting enclave?",
  "quote.key": "Did the quoting enclave vouch for the key of this quote?",
  "quote.signature": "Did that key sign this quote?",
  "tcb.status": "Is the platform up to date?",
  "enclave.attributes": "Is it closed to debuggers?",
  "enclave.attester": "Is the program a known attester?",
  challenge: "Does it answer the challenge?",
  "ppid.recorded": "Is the machine the one that the file names?",
  registry: "Is the machine on the list of known machines?",
};

export const OUTCOMES: Readonly<Record<Outcome, { word: string; icon: IconName }>> = {
  pass: { word: "Pass", icon: "check" },
  warn: { word: "Warning", icon: "warning" },
  fail: { word: "Fail", icon: "cross" },
  not_given: { word: "Not given", icon: "question" },
  not_reached: { word: "Not reached", icon: "dash" },
};

/** The word itself is in the Report's headline. */
export const VERDICT_ICONS: Readonly<Record<Verdict, IconName>> = {
  affirming: "check",
  warning: "warning",
  contraindicated: "cross",
  none: "question",
};

/** `row` is the outcome whose colours the link has. */
export const LINK_OUTCOMES: Readonly<Record<ChainLink["outcome"], { word: string; icon: IconName; row: Outcome }>> = {
  verified: { word: "Verified", icon: "check", row: "pass" },
  refused: { word: "Refused", icon: "cross", row: "fail" },
  not_checked: { word: "Not checked", icon: "dash", row: "not_reached" },
};

export const TCB_STATUS: Readonly<Record<string, string>> = {
  UpToDate: "Up to date",
  SWHardeningNeeded: "Needs hardening in software",
  ConfigurationNeeded: "Needs a change of configuration",
  ConfigurationAndSWHardeningNeeded: "Needs a change of configuration and hardening in software",
  OutOfDate: "Out of date",
  OutOfDateConfigurationNeeded: "Out of date, and needs a change of configuration",
  Revoked: "Revoked by Intel",
  TDRelaunchAdvised: "The trust domain should be started anew",
  TDRelaunchAdvisedConfigurationNeeded: "The trust domain should be started anew, after a change of configuration",
};

const SOURCES = { site: "this site", witness: "a witness", applicant: "the applicant" } as const;

/** Who handed the collateral over. A record only says so: its site need not be this one. */
export function handedOver(source: CollateralSource, isFromRecord: boolean): string {
  if (!isFromRecord) return SOURCES[source];
  return `${source === "site" ? "the site that the record was made on" : SOURCES[source]}, as its participants say`;
}
