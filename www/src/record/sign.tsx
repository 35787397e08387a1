// Signing, offered only once this page has itself appraised the evidence.

import type { CeremonyReport, CeremonySignature, ToSign } from "cloud-witness";
import { useState } from "preact/hooks";
import { Findings } from "../ceremony/findings";
import { OwnKeyPanel } from "../keys/view";
import { ownKey, signWith } from "../keys/store";
import { nowSeconds } from "../time";
import { CopyButton } from "../ui/copy";
import { TextField } from "../ui/field";
import { kept } from "../ui/kept";
import { saveFile } from "../ui/save";
import { TextArea } from "../ui/text-area";
import { background } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { addLater, recordText, sign, toSign } from "./store";

export function Sign({ report, isOld }: { report: CeremonyReport; isOld: boolean }) {
  const participants = report.entered?.participants ?? [];
  const index = participants.findIndex(({ key }) => key !== null && key === ownKey.value?.line);
  const mine = participants[index]?.name ?? null;
  const hasSigned = (at: number) => report.signatures.some(({ participant, verified }) => verified && participant === at);
  const isComplete = participants.every((_, at) => hasSigned(at));
  return (
    <>
      {!isComplete && (
        <section aria-labelledby="sign-title" class="sign no-print">
          <h2 id="sign-title">Sign</h2>
          {index !== -1 && hasSigned(index) ? (
            <p>You have signed, as {mine}. Save the record and send it to those who have not.</p>
          ) : (
            <>
              <p>You sign what stands above: the machine, what was entered, and the verdict that this page found in the evidence{report.report === null ? "" : <>: <strong>{report.report.headline}</strong></>}.</p>
              {report.today !== null && <Findings findings={report.today.before_signing} isNote />}
              <Signing mine={mine} isOld={isOld} file="ceremony-payload.json" ask={toSign} onSigned={sign} />
            </>
          )}
        </section>
      )}
      <Later key={report.payload_sha256} record={report.payload_sha256 ?? ""} mine={mine} isOld={isOld} />
    </>
  );
}

interface SigningProps {
  /** As whom this browser's key signs; null when it is no participant's. */
  mine: string | null;
  /** What is shown is not what would be signed. */
  isOld: boolean;
  /** Under which name the bytes for ssh-keygen are saved. */
  file: string;
  ask: () => Promise<ToSign>;
  onSigned: (signature: CeremonySignature) => Promise<void>;
}

function Signing({ mine, isOld, file, ask, onSigned }: SigningProps) {
  const [complaint, complain] = useState("");
  const [ssh, setSsh] = useState("");
  const key = ownKey.value;

  /** While what is shown is old nothing is done. The buttons stay, as one that is disabled would lose the focus. */
  async function attempt(act: () => Promise<void>) {
    if (isOld) return;
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
        <p><button type="button" class="button-primary" aria-disabled={isOld} onClick={() => void signHere()}>Sign as {mine}, with this browser's key</button></p>
      ) : (
        <details>
          <summary>This browser's key is none of the participants'</summary>
          <OwnKeyPanel />
        </details>
      )}
      <details>
        <summary>Sign with an SSH key</summary>
        <ol>
          <li><p><button type="button" aria-disabled={isOld} onClick={() => void attempt(async () => saveFile(file, (await ask()).payload))}>Save what is signed</button></p></li>
          <li><p>Sign it on your own computer:</p><div class="command"><pre tabIndex={0} role="group" aria-label="the command to sign"><code>{command}</code></pre><CopyButton value={command} what="the command to sign" /></div></li>
          <li>
            <TextArea id={`field-ssh-${file}`} label={`Paste the signature (${file}.sig)`} code value={ssh} onInput={setSsh} />
            <button type="button" aria-disabled={isOld} onClick={() => void attempt(() => onSigned({ ssh }).then(() => setSsh("")))}>Add this signature</button>
          </li>
        </ol>
      </details>
      {complaint !== "" && <p class="problem" role="alert">{complaint}</p>}
    </>
  );
}

/** What is to be added to a record and not yet signed: kept, so that its signature still fits after a reload. */
const later = kept("cloud-witness.addendum");

interface Addition {
  /** To which record, by its name: it must never be offered for another. */
  record: string;
  recording: string;
  note: string;
  addedAt: number;
}

function additionTo(record: string): Addition {
  try {
    const kept = JSON.parse(later.value) as Addition;
    const { recording, note, addedAt } = kept;
    const isOne = typeof recording === "string" && typeof note === "string" && Number.isSafeInteger(addedAt);
    if (isOne && kept.record === record) return { record, recording, note, addedAt };
  } catch {
    // None, or none of this version.
  }
  return { record, recording: "", note: "", addedAt: 0 };
}

/** A recording often exists only after the call: what is added later is signed by itself. */
function Later({ record, mine, isOld }: { record: string; mine: string | null; isOld: boolean }) {
  const { recording, note, addedAt } = additionTo(record);
  const orNull = (text: string) => (text.trim() === "" ? null : text.trim());
  const [wasGiven] = useState(recording !== "" || note !== "");
  const isGiven = orNull(recording) !== null || orNull(note) !== null;
  const enter = (patch: Partial<Addition>) => (later.value = JSON.stringify({ record, recording, note, ...patch, addedAt: nowSeconds() }));
  const ask = () => background("addendumToSign", recordText.peek(), { added_at: addedAt, recording: orNull(recording), note: orNull(note) });

  async function add(signature: CeremonySignature): Promise<void> {
    await addLater((await ask()).payload, signature);
    later.value = "";
  }

  return (
    <section class="no-print" aria-labelledby="addendum-title">
      <details open={wasGiven}>
        <summary><h2 id="addendum-title">Add the recording's link later</h2></summary>
        <TextField id="field-later-recording" label="Link to the recording" hint="https://…" value={recording} onInput={(text) => enter({ recording: text })} />
        <TextField id="field-later-note" label="Note (optional)" value={note} onInput={(text) => enter({ note: text })} />
        {isGiven && <Signing mine={mine} isOld={isOld} file="ceremony-addendum.json" ask={ask} onSigned={add} />}
      </details>
    </section>
  );
}
