// What comes back from the machine: the hash that everyone saw, and the file.

import type { CollateralSource } from "cloud-witness";
import { useEffect, useState } from "preact/hooks";
import { fromBase64, toBase64 } from "../base64";
import { Freshness } from "../collateral/freshness";
import { notedInWords, readNoted } from "../inputs/noted";
import { differences } from "../report/compared";
import { Radio, TextField } from "../ui/field";
import { FilePicker } from "../ui/file";
import { Hex } from "../ui/hex";
import { background, engine } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { canCorrectHash, change, correctHash, current, draft, finish, reopened } from "./draft";
import { WitnessChoice } from "./witness-choice";
import { StepForm } from "./view";

const LACKING = "Without it nobody knows that the file you will get is the one that was made on the call: at best a warning.";

export function HashStep() {
  return canCorrectHash(draft.value) && reopened.value === "hash" ? <CorrectHash /> : <NoteHash />;
}

function NoteHash() {
  const { notedHash, notedBy } = draft.value;
  const isNoted = notedHash.trim() !== "";
  return (
    <StepForm action={isNoted ? "This was noted" : "It was not shown: go on without"} onDone={() => finish("hash")}>
      <p>The prover shows <code>sha256sum attester.txt</code> on the shared screen, before the file is sent.</p>
      <NotedField value={notedHash} onInput={(text) => change({ notedHash: text })} />
      {isNoted && <WitnessChoice id="field-noted-by" label="Which witness noted it?" value={notedBy} onChoose={(index) => change({ notedBy: index })} />}
    </StepForm>
  );
}

/** What is edited here counts once it is kept: until then the one that was noted stands. */
function CorrectHash() {
  const before = draft.value;
  const [text, setText] = useState(before.notedHash);
  const [by, setBy] = useState(before.notedBy);
  return (
    <StepForm
      action="Keep the edited hash"
      disabled={text.trim() === ""}
      onDone={() => correctHash(text, by)}
      beside={<button type="button" onClick={() => (reopened.value = null)}>Leave it as it was</button>}
    >
      <p>Only what was mistyped is put right here. The run, the file and the time of this step stay; the record tells what was noted before.</p>
      <NotedField value={text} onInput={setText} />
      <WitnessChoice id="field-noted-by" label="Which witness noted it?" value={by} onChoose={setBy} />
    </StepForm>
  );
}

function NotedField({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  return <TextField id="field-noted" label="SHA-256, all 64 digits" code value={value} onInput={onInput} hint={notedInWords(value) || LACKING} />;
}

export function EditHash({ small = false }: { small?: boolean }) {
  return <button type="button" class={small ? "button-small" : ""} onClick={() => (reopened.value = "hash")}>Edit the noted hash</button>;
}

/** A file that is not the one whose hash was noted: said when it comes, not only by the verdict. */
function Mismatch({ digest }: { digest: string }) {
  const noted = readNoted(draft.value.notedHash).sha256.replace(/\s/g, "").toLowerCase();
  if (digest === "" || !canCorrectHash(draft.value) || digest.startsWith(noted)) return null;
  return (
    <div class="mismatch" role="alert" data-mismatch>
      <p class="problem">This is not the hash that was noted on the call. If it was mistyped, edit it; if this is another file, choose the right one.</p>
      <p class="digest"><span class="digest-label">Noted </span><Hex value={noted} marked={differences(noted, digest)} /></p>
      <p><EditHash /></p>
    </div>
  );
}

/** The verifier takes no larger file, so a record could not hold it either. */
const MOST_BYTES = 256 * 1024;

export function FileStep() {
  const { file, collateral } = draft.value;
  const [digest, setDigest] = useState("");
  const [complaint, complain] = useState("");
  const base64 = file?.base64;
  useEffect(() => {
    let isNewest = true;
    setDigest("");
    complain("");
    if (base64 !== undefined && engine.value === "ready") {
      void background("sha256", fromBase64(base64)).then((hex) => isNewest && setDigest(hex), (thrown) => isNewest && complain(faultOf(thrown).message));
    }
    return () => {
      isNewest = false;
    };
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
          {complaint === "" && <p class="digest"><span class="digest-label">SHA-256 </span>{digest === "" ? "…" : <Hex value={digest} />}</p>}
          {complaint !== "" && <p class="problem" role="alert">{complaint}</p>}
          <Mismatch digest={digest} />
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
