// The trust table: against whom each evidence protects, as far as it checked out.

import type { TrustLevel, TrustTable } from "cloud-witness";
import { Icon, type IconName } from "../ui/icon";

const ICONS: Readonly<Record<TrustLevel, IconName>> = { no: "dash", promised: "question", proven_remote_only: "check", proven: "check" };

export function Trust({ table }: { table: TrustTable }) {
  const nameOf = (evidence: string) => table.rows.find((row) => row.evidence === evidence)?.name ?? evidence;
  return (
    <section class="trust" aria-labelledby="trust-title">
      <h2 id="trust-title" tabIndex={-1}>What it protects against</h2>
      <ul class="plain">
        {table.strongest.map(({ attacker, attacker_words: who, level, words, evidence }) => (
          <li class="row" key={attacker} data-attacker={attacker} data-level={level}>
            <div class="row-head">
              <span>An attack by {who}</span>
              <span class="row-outcome"><Icon name={ICONS[level]} /> {words}</span>
            </div>
            <p class="hint">{evidence.length === 0 ? "Nothing that was given protects against it." : `By: ${evidence.map(nameOf).join("; ")}.`}</p>
          </li>
        ))}
      </ul>
      <p class="hint">Remote only: it prevents attacks for which the machine must leave its rack, not attacks in place. A cell counts only what checked out here.</p>
      <div class="table" tabIndex={0} role="region" aria-label="Trust table">
        <table>
          <thead>
            <tr>
              <th scope="col">Evidence</th>
              {table.strongest.map(({ attacker, attacker_words: who }) => <th scope="col" key={attacker}>Attack by {who}</th>)}
              <th scope="col">Why, and comment</th>
            </tr>
          </thead>
          <tbody>
            {table.rows.map(({ evidence, name, cells, comment, why, items }) => (
              <tr key={evidence} data-evidence={evidence}>
                <th scope="row">{name}</th>
                {cells.map(({ attacker, level, words, at_best: best, at_best_words: bestWords }) => (
                  <td key={attacker} data-level={level}>
                    <Icon name={ICONS[level]} /> {words}
                    {best !== level && <span class="hint"> at best: {bestWords}</span>}
                  </td>
                ))}
                <td>
                  {why}
                  {items.length > 0 && <> From {items.map((item) => `item ${item + 1}`).join(", ")}.</>}
                  {comment !== "" && <span class="hint"> {comment}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
