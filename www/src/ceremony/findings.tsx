import type { CeremonyFinding } from "cloud-witness";
import { Icon } from "../ui/icon";
import { OUTCOMES } from "../report/words";

/** What the verifier found wrong, each with what to do next. A note stands there from the beginning; else it is read out. */
export function Findings({ findings, isNote = false }: { findings: readonly CeremonyFinding[]; isNote?: boolean }) {
  if (findings.length === 0) return null;
  return (
    <ul class="attention" role={isNote ? undefined : "alert"}>
      {findings.map((finding, index) => (
        <li key={index} data-outcome={finding.outcome} data-code={finding.code}>
          <Icon name={OUTCOMES[finding.outcome].icon} />
          <span>{finding.detail} {finding.advice}</span>
        </li>
      ))}
    </ul>
  );
}
