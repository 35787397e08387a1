import type { CollateralSource } from "cloud-witness";
import { Freshness } from "../collateral/freshness";
import { change, inputs } from "../state";
import { DocumentInput } from "../ui/document";
import { Radio, Section } from "../ui/field";

export function CollateralInput() {
  const chosen = inputs.value.collateral;
  const choose = (collateral: typeof chosen) => change({ collateral });
  return (
    <Section
      title="Intel's collateral"
      hint="What Intel signed about this kind of machine: which software levels are up to date, which keys are revoked. Without it nothing can be decided."
    >
      <Radio name="collateral" value="site" chosen={chosen} onChoose={choose} label="This site's, for all kinds of machines" />
      {chosen === "site" && <div class="nested"><Freshness /></div>}
      <Radio name="collateral" value="own" chosen={chosen} onChoose={choose} label="A file of mine" />
      {chosen === "own" && <Own />}
    </Section>
  );
}

function Own() {
  return (
    <div class="nested">
      <p class="hint">A bundle, one machine's collateral (QuoteCollateralV3), or one answer of Intel's service, which is laid over this site's.</p>
      <DocumentInput slot="collateral" what="the collateral" />
      <div class="field">
        <label for="field-collateralFrom">Who handed it over?</label>
        <select
          id="field-collateralFrom"
          value={inputs.value.collateralFrom}
          onChange={(event) => change({ collateralFrom: event.currentTarget.value as CollateralSource })}
        >
          <option value="applicant">The applicant (at best a warning)</option>
          <option value="witness">A witness fetched it</option>
          <option value="site">It was downloaded from this site</option>
        </select>
      </div>
    </div>
  );
}
