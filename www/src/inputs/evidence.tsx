import { evidenceSha256 } from "../documents";
import { DocumentInput } from "../ui/document";
import { Section } from "../ui/field";
import { Hex } from "../ui/hex";

export function EvidenceInput() {
  const digest = evidenceSha256.value;
  return (
    <Section
      title="The attester's file"
      hint="The text file that the prover saved on the machine and sent to you. A quote alone (hex, base64 or raw bytes) can be read too, but shows less."
    >
      <DocumentInput slot="evidence" what="the attester's file">
        <p class="digest">
          <span class="digest-label">SHA-256 </span>
          {digest === undefined ? "…" : digest === null ? "could not be computed" : <Hex value={digest} />}
        </p>
      </DocumentInput>
    </Section>
  );
}
