import { change, inputs } from "../state";
import { Section, TextField } from "../ui/field";

export function NotedHashInput() {
  const digits = inputs.value.notedHash.replace(/\s/g, "").length;
  return (
    <Section
      title="The hash noted on the call"
      hint={<>What <code>sha256sum attester.txt</code> showed on the prover's screen. It ties the file you were sent to the one made on the call.</>}
    >
      <TextField
        id="field-notedHash"
        label="SHA-256, all 64 digits or the first ones"
        code
        hint={digits === 0 ? "At least 16 digits, or the match means little. The whole line that sha256sum prints can be pasted." : `${digits} of 64 digits`}
        value={inputs.value.notedHash}
        onInput={(text) => change({ notedHash: digestOf(text) })}
      />
    </Section>
  );
}

/** The digest in a line of `sha256sum` ("64 digits, two spaces, a name"); any other text as it is. */
export function digestOf(text: string): string {
  return /^\\?([0-9a-f]{64}) [ *]\S/i.exec(text.trim())?.[1] ?? text;
}
