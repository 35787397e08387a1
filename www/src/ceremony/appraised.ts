// The appraisal of what was entered so far: seen in one step, and still in sight in the next.

import type { Report } from "cloud-witness";
import { useEffect, useState } from "preact/hooks";
import { listText } from "../attesters/store";
import { fromBase64 } from "../base64";
import { readNoted } from "../inputs/noted";
import { lists } from "../registry/store";
import { nowSeconds } from "../time";
import { background, engine } from "../verifier/engine";
import { faultOf, isUnanswered } from "../verifier/fault";
import { draft, type Draft } from "./draft";

export type Appraised = { state: "checking" } | { state: "report"; report: Report } | { state: "failed"; message: string; onAgain: (() => void) | null };

/** Appraises anew whenever the evidence, or what it is compared with, changes. */
export function useAppraised(onReport: (report: Report) => void = () => {}): Appraised {
  const [appraised, setAppraised] = useState<Appraised>({ state: "checking" });
  const [attempt, setAttempt] = useState(0);
  const of = draft.value;
  const isReady = engine.value === "ready";
  useEffect(() => {
    let isNewest = true;
    setAppraised({ state: "checking" });
    if (!isReady) return undefined;
    void appraise(of).then(
      (report) => {
        if (!isNewest) return;
        setAppraised({ state: "report", report });
        onReport(report);
      },
      (thrown) => isNewest && setAppraised({ state: "failed", message: faultOf(thrown).message, onAgain: isUnanswered(thrown) ? () => setAttempt(attempt + 1) : null }),
    );
    return () => {
      isNewest = false;
    };
    // The draft is read anew at each change: only what it says tells one question from the next. The lists of machines are
    // the verifier's own; it appraises beside them.
  }, [of.file?.base64, of.challenge?.hex, of.times.challenge, of.times.file, of.minutes, of.notedHash, of.collateral?.text, of.collateral?.from, listText.value, lists.known.value, lists.revoked.value, isReady, attempt]);
  return appraised;
}

export function isSignable({ verdict }: Report): boolean {
  return verdict === "affirming" || verdict === "warning";
}

/** So long after the file came, its verdict is about the past. */
const FRESH_SECONDS = 60 * 60;

async function appraise(of: Draft): Promise<Report> {
  const now = nowSeconds();
  const at = of.times.file ?? now;
  return background("appraise", {
    evidence: fromBase64(of.file?.base64 ?? ""),
    challenge: of.challenge?.hex ?? "",
    ...(of.times.challenge === undefined ? {} : { challengeIssuedAt: of.times.challenge }),
    challengeMinutes: Number(of.minutes),
    ...(of.notedHash.trim() === "" ? {} : { sha256: readNoted(of.notedHash).sha256 }),
    ...(of.collateral === null ? {} : { collateral: of.collateral.text, collateralFrom: of.collateral.from }),
    at,
    time: now - at <= FRESH_SECONDS ? "now" : "as_of",
    ...(listText.peek() === "" ? {} : { attesters: listText.peek() }),
  }, of.collateral === null ? "site" : "own");
}
