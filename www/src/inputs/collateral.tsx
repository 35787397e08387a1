import type { CollateralSource } from "cloud-witness";
import { sampleCollateral } from "../sample";
import { change, inputs } from "../state";
import { DocumentInput } from "../ui/document";
import { Radio, Section } from "../ui/field";

export function CollateralInput() {
  const { collateralSet } = inputs.value;
  return (
    <Section
      title="Intel's collateral"
      hint="What Intel signed about this kind of machine: which software levels are up to date, which keys are revoked. Without it nothing can be decided."
    >
      {sampleCollateral.length > 0 && (
        <Radio
          name="collateral"
          value="built-in"
          chosen={collateralSet === "own" ? "own" : "built-in"}
          onChoose={() => change({ collateralSet: 0 })}
          label="A sample set that comes with this page"
        />
      )}
      {collateralSet !== "own" && <BuiltIn chosen={collateralSet} />}
      <Radio
        name="collateral"
        value="own"
        chosen={collateralSet === "own" ? "own" : "built-in"}
        onChoose={() => change({ collateralSet: "own" })}
        label="A file of mine"
      />
      {collateralSet === "own" && <Own />}
    </Section>
  );
}

function BuiltIn({ chosen }: { chosen: number }) {
  return (
    <div class="field nested">
      <label for="field-collateralSet">For which machine, and from when</label>
      <select
        id="field-collateralSet"
        value={String(chosen)}
        onChange={(event) => change({ collateralSet: Number(event.currentTarget.value) })}
      >
        {sampleCollateral.map((set, index) => (
          <option key={set.name} value={String(index)}>{set.name}</option>
        ))}
      </select>
      <p class="hint">Each set fits one kind of machine, and holds for about a month. For any other, give a file.</p>
    </div>
  );
}

function Own() {
  return (
    <div class="nested">
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
