// The seventeen rows, grouped, in the Report's order.

import type { Check, CheckId } from "cloud-witness";
import { Icon } from "../ui/icon";
import { Words } from "../ui/words";
import { ComparedValues } from "./compared";
import { GROUPS, OUTCOMES, QUESTIONS } from "./words";

export function Checks({ checks }: { checks: Check[] }) {
  const byId = new Map<CheckId, Check>(checks.map((check) => [check.id, check]));
  return (
    <section class="checks" aria-labelledby="checks-title">
      <h2 id="checks-title">What was checked</h2>
      {GROUPS.map((group) => (
        <section key={group.title} class="group">
          <h3>{group.title}</h3>
          <ul>
            {group.checks.map((id) => {
              const check = byId.get(id);
              return check === undefined ? null : <Row key={id} check={check} />;
            })}
          </ul>
        </section>
      ))}
    </section>
  );
}

function Row({ check }: { check: Check }) {
  const { word, icon } = OUTCOMES[check.outcome];
  return (
    <li class="row" id={`check-${check.id}`} data-check={check.id} data-outcome={check.outcome} data-code={check.code ?? undefined}>
      <div class="row-head">
        <h4>{QUESTIONS[check.id]} <code class="row-id">{check.id}</code></h4>
        <span class="row-outcome"><Icon name={icon} /> {word}</span>
      </div>
      <p class="row-detail"><Words text={check.detail} /></p>
      {check.place !== null && <p class="row-place"><span class="label">Where:</span> {check.place}</p>}
      {check.advice !== null && <p class="row-advice"><span class="label">What to do:</span> <Words text={check.advice} /></p>}
      <OtherFindings check={check} />
      <ComparedValues compared={check.compared} />
      {check.code !== null && <p class="row-code"><code>{check.code}</code></p>}
    </li>
  );
}

/** The first finding is the row's own code and detail. */
function OtherFindings({ check }: { check: Check }) {
  const others = check.findings.slice(1);
  if (others.length === 0) return null;
  return (
    <ul class="findings">
      {others.map((finding, index) => (
        <li key={index} data-outcome={finding.outcome}>
          {OUTCOMES[finding.outcome].word}: <Words text={finding.detail} /> <code>{finding.code}</code>
        </li>
      ))}
    </ul>
  );
}
