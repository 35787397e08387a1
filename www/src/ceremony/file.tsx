// What comes back from the machine: the hash that everyone saw, and the file.

import type { CollateralSource } from "cloud-witness";
import { useEffect, useState } from "preact/hooks";
import { fromBase64, toBase64 } from "../base64";
import { Freshness } from "../collateral/freshness";
import { digestOf } from "../inputs/noted-hash";
import { Radio, TextField } from "../ui/field";
import { FilePicker } from "../ui/file";
import { Hex } from "../ui/hex";
import { background, engine } from "../verifier/engine";
import { change, current, draft, finish } from "./draft";
import { WitnessChoice } from "./witness-choice";
import { StepForm } from "./view";

export function HashStep() {
  const { notedHash, notedBy } = draft.value;
  const isNoted = notedHash.trim() !== "";
  return (
    <StepForm action={isNoted ? "This was noted" : "It was not shown: go on without"} onDone={() => finish("hash")}>
      <p>The prover shows <code>sha256sum attester.txt</code> on the shared screen, before the file is sent.</p>
      <TextField id="field-noted" label="SHA-256, all 64 digits" code value={notedHash} onInput={(text) => change({ notedHash: digestOf(text) })} hint="Without it nobody knows that the file you will get is the one that was made on the call: at best a warning." />
      {isNoted && <WitnessChoice id="field-noted-by" label="Which witness noted it?" value={notedBy} onChoose={(index) => change({ notedBy: index })} />}
    </StepForm>
  );
}

/** The verifier takes no larger file, so a record could not hold it either. */
const MOST_BYTES = 256 * 1024;

export function FileStep() {
  const { file, collateral } = draft.value;
  const [digest, setDigest] = useState("");
  const base64 = file?.base64;
  useEffect(() => {
    setDigest("");
    if (base64 !== undefined && engine.value === "ready") void background("sha256", fromBase64(base64)).then(setDigest);
  }, [base64, engine.value]);
  return (
    <StepForm action="This is the file" disabled={file === null || collateral?.text === ""} onDone={() => finish("file")}>
      <p>The text file that the prover sent to the witnesses.</p>
      <FilePicker
        id="field-file"
        label={file === null ? "Choose the attester's file" : "Choose another"}
        onFile={({ name, bytes }) => {
          if (bytes.length > MOST_BYTES) throw new Error(`${name} has ${bytes.length.toLocaleString("en")} bytes; the attester's file has at most 262,144.`);
          if (current.peek() === "file") change({ file: { name, base64: toBase64(bytes) } });
        }}
      />
      {file !== null && (
        <div>
          <p><bdi class="document-name">{file.name}</bdi></p>
          <p class="digest"><span class="digest-label">SHA-256 </span>{digest === "" ? "…" : <Hex value={digest} />}</p>
        </div>
      )}
      <fieldset class="section">
        <legend>Intel's collateral</legend>
        <Radio name="ceremony-collateral" value="site" chosen={collateral === null ? "site" : "own"} onChoose={() => change({ collateral: null })} label="This site's" />
        {collateral === null && <div class="nested"><Freshness /></div>}
        <Radio name="ceremony-collateral" value="own" chosen={collateral === null ? "site" : "own"} onChoose={() => change({ collateral: { name: "", text: "", from: "applicant" } })} label="A file of ours" />
        {collateral !== null && <OwnCollateral />}
      </fieldset>
    </StepForm>
  );
}

function OwnCollateral() {
  const collateral = draft.value.collateral;
  if (collateral === null) return null;
  return (
    <div class="nested">
      <FilePicker
        id="field-ceremony-collateral"
        label="Choose the collateral"
        onFile={({ name, bytes }) => {
          const now = draft.peek().collateral;
          const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
          if (now !== null && current.peek() === "file") change({ collateral: { ...now, name, text } });
        }}
      />
      {collateral.name !== "" && <p><bdi class="document-name">{collateral.name}</bdi></p>}
      <div class="field">
        <label for="field-ceremony-from">Who handed it over?</label>
        <select id="field-ceremony-from" value={collateral.from} onChange={(event) => change({ collateral: { ...collateral, from: event.currentTarget.value as CollateralSource } })}>
          <option value="applicant">The applicant (at best a warning)</option>
          <option value="witness">A witness fetched it</option>
          <option value="site">It was downloaded from this site</option>
        </select>
      </div>
    </div>
  );
}
