import type { Report } from "cloud-witness";
import { useEffect, useState } from "preact/hooks";
import { fromBase64 } from "../base64";
import { listText } from "../attesters/store";
import { announce } from "../report/announcer";
import { Meaning } from "../report/meaning";
import { ReportView } from "../report/result";
import { nowSeconds } from "../time";
import { background, engine } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { draft, finish, type Draft } from "./draft";
import { StepForm } from "./view";

type Outcome = { state: "checking" } | { state: "report"; report: Report } | { state: "failed"; message: string };

/** The verdict while the call goes on. The record is appraised again when it is made. */
export function AppraisalStep() {
  const [outcome, setOutcome] = useState<Outcome>({ state: "checking" });
  const of = draft.value;
  const isReady = engine.value === "ready";
  useEffect(() => {
    let isNewest = true;
    setOutcome({ state: "checking" });
    if (!isReady) return undefined;
    void appraise(of).then(
      (report) => {
        if (!isNewest) return;
        setOutcome({ state: "report", report });
        announce(`Verdict: ${report.headline}. ${report.summary}`);
      },
      (thrown) => isNewest && setOutcome({ state: "failed", message: faultOf(thrown).message }),
    );
    return () => {
      isNewest = false;
    };
  }, [of, listText.value, isReady]);

  if (outcome.state === "checking") return <p class="checking">Checking…</p>;
  if (outcome.state === "failed") return <p class="problem" role="alert">{outcome.message}</p>;
  const { report } = outcome;
  const isSignable = report.verdict === "affirming" || report.verdict === "warning";
  return (
    <StepForm action="All have seen it: go on to the outcome" disabled={!isSignable} onDone={() => finish("appraisal")}>
      {!isSignable && (
        <p class="problem" role="alert">
          This can't be signed. Put right what failed and do its step again, or end the ceremony here; the Report can be saved all the same.
        </p>
      )}
      <ReportView report={report} />
      <Meaning />
    </StepForm>
  );
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
    ...(of.notedHash.trim() === "" ? {} : { sha256: of.notedHash }),
    ...(of.collateral === null ? {} : { collateral: of.collateral.text, collateralFrom: of.collateral.from }),
    at,
    time: now - at <= FRESH_SECONDS ? "now" : "as_of",
    ...(listText.peek() === "" ? {} : { attesters: listText.peek() }),
  }, of.collateral === null ? "site" : "own");
}
