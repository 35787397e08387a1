import type { Outcome, Report } from "cloud-witness";
import { formatUtc } from "../time";
import { Icon } from "../ui/icon";
import { Words } from "../ui/words";
import { OUTCOMES, QUESTIONS, VERDICT_ICONS } from "./words";

export function Verdict({ report, onAsOf }: { report: Report; onAsOf?: ((moment: number) => void) | undefined }) {
  return (
    <section id="verdict" class="verdict" data-verdict={report.verdict} data-time={report.time} aria-labelledby="verdict-headline">
      <p class="verdict-label">Verdict</p>
      <h2 id="verdict-headline"><Icon name={VERDICT_ICONS[report.verdict]} /> {report.headline}</h2>
      <p class="verdict-summary"><Words text={report.summary} /></p>
      {report.time === "as_of" && (
        <p class="verdict-time"><Icon name="clock" /> About {report.at_rfc3339.replace("T", " ").replace("Z", " UTC")} only. It says nothing about today.</p>
      )}
      {onAsOf !== undefined && <EarlierMoment report={report} onAsOf={onAsOf} />}
      <Attention report={report} />
      <Counts report={report} />
    </section>
  );
}

/** Expired collateral decides nothing about now, but still something about its own time. */
function EarlierMoment({ report, onAsOf }: { report: Report; onAsOf: (moment: number) => void }) {
  const isExpired = report.verdict === "none" && report.time === "now" && report.checks.some(({ code }) => code === "COLLATERAL_EXPIRED");
  const windows = report.collateral?.windows ?? [];
  const from = Math.max(...windows.map((window) => window.from));
  const to = Math.min(...windows.map((window) => window.to));
  if (!isExpired || windows.length === 0 || from > to) return null;
  return (
    <p>
      <button type="button" onClick={() => onAsOf(to)}>Check as of {formatUtc(to)}</button>
      <span class="hint"> the last moment at which this collateral was valid</span>
    </p>
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
