import { change, inputs } from "../state";
import { DocumentInput } from "../ui/document";
import { Radio, Section } from "../ui/field";

export function PolicyInput() {
  const chosen = inputs.value.policy;
  const choose = (policy: typeof chosen) => change({ policy });
  return (
    <Section title="The policy" hint="How strict to be with a machine that is genuine but behind on updates.">
      <Radio name="policy" value="ceremony" chosen={chosen} onChoose={choose} label="Ceremony" hint="what is behind is a warning, and is named" />
      <Radio name="policy" value="strict" chosen={chosen} onChoose={choose} label="Strict" hint="what is behind fails" />
      <Radio name="policy" value="own" chosen={chosen} onChoose={choose} label="My own" hint="JSON; it can only be stricter" />
      {chosen === "own" && (
        <div class="nested">
          <DocumentInput slot="policy" what="the policy" />
        </div>
      )}
    </Section>
  );
}
