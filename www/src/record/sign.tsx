// Signing, offered only once this page has itself appraised the evidence.

import type { CeremonyReport, CeremonySignature, ToSign } from "cloud-witness";
import { useState } from "preact/hooks";
import { OwnKeyPanel } from "../keys/view";
import { ownKey, signWith } from "../keys/store";
import { nowSeconds } from "../time";
import { CopyButton } from "../ui/copy";
import { TextField } from "../ui/field";
import { saveFile } from "../ui/save";
import { TextArea } from "../ui/text-area";
import { background } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { recordText, setRecord, sign, toSign } from "./store";

export function Sign({ report }: { report: CeremonyReport }) {
  const participants = report.entered?.participants ?? [];
  const mine = participants.findIndex(({ key }) => key !== null && key === ownKey.value?.line);
  const isComplete = participants.every((_, index) => report.signatures.some(({ participant, verified }) => verified && participant === index));
  return (
    <>
      {!isComplete && (
        <section aria-labelledby="sign-title" class="sign no-print">
          <h2 id="sign-title">Sign</h2>
          <p>You sign what stands on this page: the machine, what was entered, and the verdict that this page found in the evidence.</p>
          <Signing key={report.payload_sha256} mine={mine === -1 ? null : participants[mine]?.name ?? null} file="ceremony-payload.json" ask={toSign} onSigned={sign} />
        </section>
      )}
      <Addendum />
    </>
  );
}

interface SigningProps {
  /** As whom this browser's key signs; null when it is no participant's. */
  mine: string | null;
  /** Under which name the bytes for ssh-keygen are saved. */
  file: string;
  ask: () => Promise<ToSign>;
  onSigned: (signature: CeremonySignature) => Promise<void>;
}

function Signing({ mine, file, ask, onSigned }: SigningProps) {
  const [complaint, complain] = useState("");
  const [ssh, setSsh] = useState("");
  const key = ownKey.value;

  async function attempt(act: () => Promise<void>) {
    complain("");
    try {
      await act();
    } catch (thrown) {
      complain(faultOf(thrown).message);
    }
  }

  const signHere = () => attempt(async () => {
    if (key === null) return;
    const { pae } = await ask();
    await onSigned({ key: key.line, signature: await signWith(key, pae) });
  });
  const command = `ssh-keygen -Y sign -n ceremony@cloud-witness -f ~/.ssh/id_ed25519 ${file}`;

  return (
    <>
      {mine !== null ? (
        <p><button type="button" class="button-primary" onClick={() => void signHere()}>Sign as {mine}, with this browser's key</button></p>
      ) : (
        <details>
          <summary>This browser's key is none of the participants'</summary>
          <OwnKeyPanel />
        </details>
      )}
      <details>
        <summary>Sign with an SSH key</summary>
        <ol>
          <li><p><button type="button" onClick={() => void attempt(async () => saveFile(file, (await ask()).payload))}>Save what is signed</button></p></li>
          <li><p>Sign it on your own computer:</p><div class="command"><pre tabIndex={0} role="group" aria-label="the command to sign"><code>{command}</code></pre><CopyButton value={command} what="the command to sign" /></div></li>
          <li>
            <TextArea id={`field-ssh-${file}`} label={`Paste the signature (${file}.sig)`} code value={ssh} onInput={setSsh} />
            <button type="button" onClick={() => void attempt(() => onSigned({ ssh }).then(() => setSsh("")))}>Add this signature</button>
          </li>
        </ol>
      </details>
      {complaint !== "" && <p class="problem" role="alert">{complaint}</p>}
    </>
  );
}

/** A recording often exists only after the call: what is added later is signed by itself. */
function Addendum() {
  const [recording, setRecording] = useState("");
  const [note, setNote] = useState("");
  const orNull = (text: string) => (text.trim() === "" ? null : text.trim());
  const [addedAt, setAddedAt] = useState(nowSeconds);
  const [payload, setPayload] = useState("");
  const isGiven = orNull(recording) !== null || orNull(note) !== null;

  async function ask(): Promise<ToSign> {
    const bytes = await background("addendumToSign", recordText.peek(), { added_at: addedAt, recording: orNull(recording), note: orNull(note) });
    setPayload(bytes.payload);
    return bytes;
  }
  async function add(signature: CeremonySignature): Promise<void> {
    const signed = payload === "" ? (await ask()).payload : payload;
    setRecord(await background("addAddendum", recordText.peek(), signed, signature));
    setRecording("");
    setNote("");
  }
  const enter = (set: (text: string) => void) => (text: string) => {
    set(text);
    setPayload("");
    setAddedAt(nowSeconds());
  };

  return (
    <section class="no-print" aria-labelledby="addendum-title">
      <details>
        <summary><h2 id="addendum-title">Add the recording's link later</h2></summary>
        <TextField id="field-later-recording" label="Link to the recording" hint="https://…" value={recording} onInput={enter(setRecording)} />
        <TextField id="field-later-note" label="Note (optional)" value={note} onInput={enter(setNote)} />
        {isGiven && <Signing mine={ownKey.value === null ? null : "the one whose key this is"} file="ceremony-addendum.json" ask={ask} onSigned={add} />}
      </details>
    </section>
  );
}
