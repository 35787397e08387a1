import { announce } from "../report/announcer";
import { Identity } from "../report/identity";
import { Meaning } from "../report/meaning";
import { ReportView } from "../report/result";
import { Verdict } from "../report/verdict";
import { Failed } from "../ui/failed";
import { Folded } from "../ui/folded";
import { isSignable, useAppraised } from "./appraised";
import { canCorrectHash, draft, finish } from "./draft";
import { EditHash } from "./file";
import { StepForm } from "./view";

/** The verdict while the call goes on. The record is appraised again when it is made. */
export function AppraisalStep() {
  const appraised = useAppraised((report) => announce(`Verdict: ${report.headline}. ${report.summary}`));
  if (appraised.state === "checking") return <p class="checking">Checking…</p>;
  if (appraised.state === "failed") return <Failed message={appraised.message} onAgain={appraised.onAgain} />;
  const { report } = appraised;
  const isHashWrong = canCorrectHash(draft.value) && report.checks.some(({ id, outcome }) => id === "file.digest" && outcome === "fail");
  return (
    <StepForm action="All have seen it: go on to the outcome" disabled={!isSignable(report)} onDone={() => finish("appraisal")}>
      {!isSignable(report) && (
        <p class="problem" role="alert">
          This can't be signed. Put right what failed and do its step again, or end the ceremony here; the Report can be saved all the same.
        </p>
      )}
      {isHashWrong && <p>The file's hash is not the one that was noted. If it was mistyped: <EditHash /></p>}
      <div class="report" data-time={report.time}>
        <Verdict report={report} isLinked={false} />
        {report.identity !== null && <Identity identity={report.identity} verdict={report.verdict} />}
      </div>
      <Meaning />
      <Folded summary="Check by check, and to save" class="nested">{() => <ReportView report={report} />}</Folded>
    </StepForm>
  );
}
