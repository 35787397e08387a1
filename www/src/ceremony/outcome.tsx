// The last step: everyone's key, what is said about the outcome, and the record that all sign.

import { parseKey, type CeremonyFinding, type Verdict } from "cloud-witness";
import { useState } from "preact/hooks";
import { listText } from "../attesters/store";
import { fromBase64 } from "../base64";
import { evidence } from "../colocation/store";
import { OwnKeyPanel } from "../keys/view";
import { ownKey } from "../keys/store";
import { setRecord } from "../record/store";
import { nowSeconds } from "../time";
import { Failed } from "../ui/failed";
import { TextField } from "../ui/field";
import { TextArea } from "../ui/text-area";
import { Words } from "../ui/words";
import { background, engine, siteBundle, wasmSha256 } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { go } from "../views";
import { isSignable, useAppraised } from "./appraised";
import { change, draft, entered, finish, useUp, type Draft } from "./draft";
import { Findings } from "./findings";
import { StepForm } from "./view";

export function OutcomeStep() {
  const { participants, warningReason, notes, recording } = draft.value;
  const [refused, refuse] = useState<{ findings: readonly CeremonyFinding[]; verdict: Verdict | null }>({ findings: [], verdict: null });
  const [complaint, complain] = useState("");
  const [isBusy, setBusy] = useState(false);
  const appraised = useAppraised();
  // A record's verdict can be worse than its evidence's: a call that took days, say. Then making it asks for the reason.
  const needsReason = warningReason !== "" || refused.verdict === "warning"
    || (appraised.state === "report" && appraised.report.verdict !== "affirming");

  async function make() {
    complain("");
    refuse({ findings: [], verdict: null });
    setBusy(true);
    const of = draft.peek();
    try {
      const answer = await record(of);
      if (draft.peek() !== of) return complain("Something was changed while the record was made. Look at it, and make the record again.");
      if (answer.record === null) return refuse(answer);
      if (!finish("outcome")) return;
      useUp(of.challenge?.hex ?? "");
      setRecord(answer.record.file);
      go("record");
    } catch (thrown) {
      complain(faultOf(thrown).message);
    } finally {
      setBusy(false);
    }
  }

  // What must not be signed is no record's: a list that came after the verdict was seen can make it that.
  const isRefused = appraised.state === "report" && !isSignable(appraised.report);

  const setKey = (index: number, text: string) =>
    change({ participants: participants.map((one, at) => (at === index ? { ...one, key: text.trim() === "" ? null : text } : one)) });

  return (
    <StepForm action={isBusy ? "Making the record…" : "Make the record"} disabled={isBusy || isRefused || appraised.state !== "report" || engine.value !== "ready"} onDone={() => void make()}>
      {appraised.state === "report" && (
        <p data-seen={appraised.report.verdict}>The verdict that all have seen: <strong>{appraised.report.headline}</strong>. <Words text={appraised.report.summary} /></p>
      )}
      {isRefused && (
        <p class="problem" role="alert">
          This can't be signed, so no record is made of it. Put right what failed and do its step again, or end the ceremony here.
        </p>
      )}
      {appraised.state === "failed" && <Failed message={appraised.message} onAgain={appraised.onAgain} />}
      <p>Every participant gives a public key, so that the record says whose signatures count. They make one on this page's <a href="#/keys">Keys</a>, or use an SSH key's <code>.pub</code> line.</p>
      <details class="nested">
        <summary>Your own key in this browser</summary>
        <OwnKeyPanel />
      </details>
      {participants.map(({ name, project, key }, index) => (
        <TextField key={index} id={`field-key-${index}`} label={`Key of ${name} of ${project}`} code value={key ?? ""} hint={fingerprintOf(key)} onInput={(text) => setKey(index, text)}>
          {ownKey.value !== null && key === null && (
            <button type="button" class="button-small" onClick={() => setKey(index, ownKey.value?.line ?? "")}>This is me<span class="visually-hidden">: {name}</span></button>
          )}
        </TextField>
      ))}
      {needsReason && (
        <TextArea id="field-reason" label="The verdict is a warning: why sign all the same?" value={warningReason} onInput={(text) => change({ warningReason: text })} hint="A warning can be signed with a reason that everyone agrees on." />
      )}
      <TextArea id="field-notes" label="Notes (optional)" value={notes} onInput={(text) => change({ notes: text })} />
      <TextField id="field-recording" label="Link to the call's recording, if it exists already" hint="https://… It can also be added, signed, after the call." value={recording} onInput={(text) => change({ recording: text })} />
      <Findings findings={refused.findings} />
      {complaint !== "" && <p class="problem" role="alert">{complaint}</p>}
    </StepForm>
  );
}

function record(of: Draft) {
  const asEntered = entered(of, nowSeconds());
  if (asEntered === null) throw new Error("A step above has not ended yet.");
  const collateral = of.collateral?.text ?? siteBundle();
  if (collateral === undefined) throw new Error("This site has no collateral. Give a file of your own in the step “The file”.");
  const colocated = asEntered.kind === "colocation" ? evidence() : undefined;
  if (colocated === null) throw new Error("Under “Colocation” something that was entered cannot be read. Put it right there, and make the record again.");
  return background("recordCeremony", {
    entered: asEntered,
    ...(colocated === undefined ? {} : { colocation: colocated }),
    evidence: fromBase64(of.file?.base64 ?? ""),
    collateral,
    collateralFrom: of.collateral?.from ?? "site",
    ...(listText.peek() === "" ? {} : { attesters: listText.peek() }),
    ...(wasmSha256.peek() === null ? {} : { wasmSha256: wasmSha256.peek()! }),
  });
}

function fingerprintOf(key: string | null): string {
  if (key === null) return "ssh-ed25519 AAAA…";
  if (engine.value !== "ready") return "";
  try {
    return `Fingerprint, to compare by voice: ${parseKey(key).fingerprint}`;
  } catch (thrown) {
    return faultOf(thrown).message;
  }
}
