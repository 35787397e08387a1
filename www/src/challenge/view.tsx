// The challenge as everyone on the call sees and hears it: large, in groups, with a checksum, its window, and what to
// type on the machine.

import { parseChallenge, type Challenge } from "cloud-witness";
import { useState } from "preact/hooks";
import { engine } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { change, changeChallenge, inputs, isSample, makeChallenge, undo, undoable } from "../state";
import { CopyButton } from "../ui/copy";
import { TextField } from "../ui/field";
import { address } from "../views";
import { Commands } from "./commands";
import { Countdown } from "./countdown";
import { QrCode } from "./qr";

export function ChallengeView() {
  const { challenge, challengeMadeAt } = inputs.value;
  const read = engine.value === "ready" && challenge !== "" ? readChallenge(challenge) : null;
  return (
    <div class="challenge-view">
      <h1>Make a challenge</h1>
      <p class="lead">
        Digits that nobody could know before the call. Show or read them to the prover, who types them into the
        attester on the machine; the machine's processor signs them.
      </p>
      <Maker complaint={read?.complaint ?? ""} />
      {read !== null && read.challenge !== null && isSample(inputs.value) && (
        <p class="problem">This is the sample's challenge, which everybody knows. Make one of your own.</p>
      )}
      {read !== null && read.challenge !== null && !isSample(inputs.value) && (
        <>
          <Shown challenge={read.challenge} madeAt={challengeMadeAt} minutes={Number(inputs.value.challengeMinutes)} />
          <Commands challenge={read.challenge.hex} />
          <p class="next"><a class="button-like button-primary" href={address("check")}>The file has come: check it</a></p>
        </>
      )}
    </div>
  );
}

function Maker({ complaint }: { complaint: string }) {
  const [bytes, setBytes] = useState("32");
  const again = inputs.value.challenge !== "";
  return (
    <section class="panel maker" aria-label="A new challenge">
      <div class="field">
        <label for="challenge-bytes">How long</label>
        <select id="challenge-bytes" value={bytes} onChange={(event) => setBytes(event.currentTarget.value)}>
          <option value="32">64 digits</option>
          <option value="16">32 digits, for a console that cannot paste</option>
        </select>
      </div>
      <TextField
        id="field-challengeMinutes"
        field="challengeMinutes"
        label="Minutes to answer in"
        short
        value={inputs.value.challengeMinutes}
        onInput={(challengeMinutes) => change({ challengeMinutes })}
      />
      <div class="maker-buttons">
        <button type="button" class={again ? "" : "button-primary"} disabled={engine.value !== "ready"} onClick={() => makeChallenge(Number(bytes))}>
          Make a{again ? " new" : ""} challenge
        </button>
        {undoable.value !== null && <button type="button" onClick={undo}>Undo</button>}
      </div>
      <TextField
        id="field-typed"
        label="Or type one that was read to you"
        code
        hint={complaint}
        value={inputs.value.challenge}
        onInput={changeChallenge}
      />
    </section>
  );
}

export function Shown({ challenge, madeAt, minutes }: { challenge: Challenge; madeAt: number | null; minutes: number }) {
  return (
    <section class="panel shown" aria-labelledby="shown-title">
      <div class="shown-digits">
        <h2 id="shown-title">The challenge</h2>
        <p class="digits" aria-label={`The challenge: ${challenge.groups.join(" ")}`}>
          {challenge.groups.map((group, index) => <span class="digits-group" key={index}>{group}</span>)}
        </p>
        <CopyButton value={challenge.hex} what="the challenge" />
        <p class="checksum">
          Checksum, to say aloud when all of it is typed: <strong class="code">{challenge.checksum}</strong>
        </p>
        <p class="hint">The prover can type the challenge into this page too, and see the same checksum when every digit is right.</p>
        {madeAt !== null && <Countdown madeAt={madeAt} minutes={minutes} />}
      </div>
      <QrCode text={challenge.hex.toUpperCase()} what="the challenge" />
    </section>
  );
}

/** A challenge as it is understood; before the verifier is loaded, nothing. */
export function readChallenge(text: string): { challenge: Challenge | null; complaint: string } {
  if (engine.value !== "ready") return { challenge: null, complaint: "" };
  try {
    return { challenge: parseChallenge(text), complaint: "" };
  } catch (thrown) {
    return { challenge: null, complaint: faultOf(thrown).message };
  }
}
