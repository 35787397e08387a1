import { change, inputs } from "../state";
import { Section, TextField } from "../ui/field";
import { notedInWords } from "./noted";

export function NotedHashInput() {
  const { notedHash } = inputs.value;
  return (
    <Section
      title="The hash noted on the call"
      hint={<>What <code>sha256sum attester.txt</code> showed on the prover's screen. It ties the file you were sent to the one made on the call.</>}
    >
      <TextField
        id="field-notedHash"
        label="SHA-256, all 64 digits or the first ones"
        code
        hint={notedInWords(notedHash) || "At least 16 digits, or the match means little. The whole line that sha256sum prints can be given."}
        value={notedHash}
        onInput={(text) => change({ notedHash: text })}
      />
    </Section>
  );
}
