import { parseAttesters } from "cloud-witness";
import { engine } from "../engine";
import { inputs } from "../state";
import { textOf } from "../request";
import { DocumentInput } from "../ui/document";
import { Section } from "../ui/field";

export function AttestersInput() {
  return (
    <Section
      title="List of attester builds"
      optional
      hint="Which programs witnesses know to be the attester, by their fingerprint (MRENCLAVE). Without a list, nobody vouches for the program that made the quote: at best a warning."
    >
      <DocumentInput slot="attesters" what="the list">
        <Count />
      </DocumentInput>
    </Section>
  );
}

function Count() {
  const text = textOf(inputs.value.documents.attesters);
  if (text === null || engine.value !== "ready") return null;
  try {
    const builds = parseAttesters(text).length;
    return <p>{builds === 1 ? "1 build" : `${builds} builds`}</p>;
  } catch {
    // What is wrong with it is said when it is used.
    return null;
  }
}
