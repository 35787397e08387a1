import type { Check, Outcome, Report } from "cloud-witness";
import { formatUtc } from "../time";
import { Icon } from "../ui/icon";
import { Words } from "../ui/words";
import { OUTCOMES, QUESTIONS, VERDICT_ICONS } from "./words";

interface Props {
  report: Report;
  onAsOf?: ((moment: number) => void) | undefined;
  /** Whether the rows stand on this page, to be linked to. */
  isLinked?: boolean;
}

export function Verdict({ report, onAsOf, isLinked = true }: Props) {
  return (
    <section id={isLinked ? "verdict" : undefined} class="verdict" data-verdict={report.verdict} data-time={report.time} aria-label="Verdict">
      <p class="verdict-label">Verdict</p>
      <h2><Icon name={VERDICT_ICONS[report.verdict]} /> {report.headline}</h2>
      <p class="verdict-summary"><Words text={report.summary} /></p>
      {report.time === "as_of" && (
        <p class="verdict-time"><Icon name="clock" /> About {report.at_rfc3339.replace("T", " ").replace("Z", " UTC")} only. It says nothing about today.</p>
      )}
      {report.time === "now" && <p class="verdict-time"><Icon name="clock" /> Checked for {formatUtc(report.at)}.</p>}
      {onAsOf !== undefined && <EarlierMoment report={report} onAsOf={onAsOf} />}
      <Attention report={report} isLinked={isLinked} />
      <Counts report={report} />
    </section>
  );
}

/** Expired collateral decides nothing about now, but still something about its own time. */
function EarlierMoment({ report, onAsOf }: { report: Report; onAsOf: (moment: number) => void }) {
  const isExpired = report.verdict === "none" && report.time === "now" && report.checks.some(({ code }) => code === "COLLATERAL_EXPIRED");
  const windows = report.collateral?.windows ?? [];
  const from = windows.reduce((latest, window) => Math.max(latest, window.from), -Infinity);
  const to = windows.reduce((first, window) => Math.min(first, window.to), Infinity);
  if (!isExpired || windows.length === 0 || from > to) return null;
  return (
    <p>
      <button type="button" onClick={() => onAsOf(to)}>Check as of {formatUtc(to)}</button>
      <span class="hint"> the last moment at which this collateral was valid</span>
    </p>
  );
}

/** The rows to look at, as links to them; what failed stands first. */
function Attention({ report, isLinked }: { report: Report; isLinked: boolean }) {
  const rowsThat = (wanted: Outcome) => report.checks.filter(({ outcome }) => outcome === wanted);
  const open = [...rowsThat("fail"), ...rowsThat("warn")];
  if (open.length === 0) return null;
  return (
    <ul class="attention">
      {open.map((check) => (
        <li key={check.id} data-outcome={check.outcome}>
          <Icon name={OUTCOMES[check.outcome].icon} />
          <span>
            {OUTCOMES[check.outcome].word}: {isLinked ? <a href={`#check-${check.id}`}>{QUESTIONS[check.id]}</a> : QUESTIONS[check.id]}{" "}
            <span class="hint"><Words text={whyOpen(check)} /></span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** All that a row found, as long as it is a few things: the second reservation must not hide behind the first. */
function whyOpen({ findings, detail }: Check): string {
  const most = 3;
  if (findings.length < 2) return detail;
  const more = findings.length - most;
  return findings.slice(0, most).map((finding) => finding.detail).join(" ") + (more > 0 ? ` And ${more} more.` : "");
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
