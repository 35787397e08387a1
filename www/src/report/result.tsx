// What stands beside the inputs: nothing yet, work going on, the Report, or why there is none.

import type { Report } from "cloud-witness";
import { useLayoutEffect } from "preact/hooks";
import { outcome, verifyAsOf } from "../state";
import { Chain } from "./chain";
import { Checks } from "./checks";
import { Collateral } from "./collateral";
import { Identity } from "./identity";
import { Given } from "./given";
import { Quote } from "./quote";
import { SaveAndPrint } from "./save";
import { Tcb } from "./tcb";
import { Verdict } from "./verdict";

export function Result() {
  const now = outcome.value;
  if (now === null) return <Waiting />;
  switch (now.state) {
    case "checking":
      return <p class="checking">Checking…</p>;
    case "report":
      return <ReportView report={now.report} onAsOf={(moment) => void verifyAsOf(moment)} />;
    case "refused":
      return (
        <section class="verdict" data-refused={now.code}>
          <h2>Not done</h2>
          <p>{now.message}</p>
        </section>
      );
    case "bug":
      return <OurBug message={now.message} />;
  }
}

function Waiting() {
  return (
    <section class="waiting">
      <h2>Nothing checked yet</h2>
      <p>Fill in what you have and press Verify. The Report appears here: a verdict, which machine it is, and seventeen checks, each with what was found.</p>
      <p>What you leave out is reported as not given; it never counts as passed.</p>
    </section>
  );
}

/** The order is that of a witness's questions: may I rely on it, which machine is it, why, and the details. */
export function ReportView({ report, onAsOf, isFromRecord = false }: { report: Report; onAsOf?: (moment: number) => void; isFromRecord?: boolean }) {
  // Together with its appearance: a page that moves a moment later makes the next click miss.
  useLayoutEffect(() => document.getElementById("verdict")?.scrollIntoView({ block: "start" }), [report]);
  return (
    <article class="report" data-time={report.time}>
      <Verdict report={report} onAsOf={onAsOf} />
      <SaveAndPrint report={report} />
      {report.identity !== null && <Identity identity={report.identity} verdict={report.verdict} />}
      <Checks checks={report.checks} />
      {report.tcb !== null && <Tcb tcb={report.tcb} />}
      {report.collateral !== null && <Collateral collateral={report.collateral} isFromRecord={isFromRecord} />}
      <Chain chain={report.chain} />
      {report.quote !== null && <Quote quote={report.quote} />}
      <Given report={report} isFromRecord={isFromRecord} />
    </article>
  );
}

/** No verdict comes out of a broken verifier, whatever it had reached before. */
function OurBug({ message }: { message: string }) {
  return (
    <section class="verdict" data-bug>
      <h2>Our bug</h2>
      <p>Cloud Witness itself failed. This says nothing about the file or the machine, and there is no verdict.</p>
      <p>Please report it with the file, if you may share it, and these words: <code>{message}</code></p>
    </section>
  );
}
