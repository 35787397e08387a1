import type { Outcome, Report } from "cloud-witness";
import { Icon } from "../ui/icon";
import { Words } from "../ui/words";
import { OUTCOMES, QUESTIONS, VERDICT_ICONS } from "./words";

export function Verdict({ report }: { report: Report }) {
  return (
    <section id="verdict" class="verdict" data-verdict={report.verdict} data-time={report.time} aria-labelledby="verdict-headline">
      <p class="verdict-label">Verdict</p>
      <h2 id="verdict-headline"><Icon name={VERDICT_ICONS[report.verdict]} /> {report.headline}</h2>
      <p class="verdict-summary"><Words text={report.summary} /></p>
      {report.time === "as_of" && (
        <p class="verdict-time"><Icon name="clock" /> About {report.at_rfc3339.replace("T", " ").replace("Z", " UTC")} only. It says nothing about today.</p>
      )}
      <Attention report={report} />
      <Counts report={report} />
    </section>
  );
}

/** The rows to look at, as links to them; what failed stands first. */
function Attention({ report }: { report: Report }) {
  const rowsThat = (wanted: Outcome) => report.checks.filter(({ outcome }) => outcome === wanted);
  const open = [...rowsThat("fail"), ...rowsThat("warn")];
  if (open.length === 0) return null;
  return (
    <ul class="attention">
      {open.map((check) => (
        <li key={check.id} data-outcome={check.outcome}>
          <Icon name={OUTCOMES[check.outcome].icon} />
          <span>
            {OUTCOMES[check.outcome].word}: <a href={`#check-${check.id}`}>{QUESTIONS[check.id]}</a>
          </span>
        </li>
      ))}
    </ul>
  );
}

function Counts({ report }: { report: Report }) {
  const count = (wanted: Outcome) => report.checks.filter(({ outcome }) => outcome === wanted).length;
  const all = (Object.keys(OUTCOMES) as Outcome[]).filter((outcome) => count(outcome) > 0);
  return (
    <p class="counts">
      Of {report.checks.length} checks: {all.map((outcome) => `${count(outcome)} ${OUTCOMES[outcome].word.toLowerCase()}`).join(", ")}.
    </p>
  );
}
