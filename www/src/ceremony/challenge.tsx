// The challenge: made by a witness, shown large, answered within its window.

import { generateChallenge, mixChallenge, type ChallengeOrigin } from "cloud-witness";
import { useState } from "preact/hooks";
import { Commands } from "../challenge/commands";
import { readChallenge, Shown } from "../challenge/view";
import { TextField } from "../ui/field";
import { TextArea } from "../ui/text-area";
import { faultOf } from "../verifier/fault";
import { change, draft, finish, redo, wasUsed } from "./draft";
import { WitnessChoice } from "./witness-choice";
import { StepForm } from "./view";

/** drand's quicknet: the newest round, for the user to open. */
const NEWEST_ROUND = "https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/public/latest";

export function ChallengeStep() {
  const { minutes, madeBy, making } = draft.value;
  const { bytes, typed, round } = making;
  const set = (patch: Partial<typeof making>) => change({ making: { ...making, ...patch } });
  const [complaint, complain] = useState("");
  // As they stood at first: one that closed as soon as its field is emptied would take the field from under its typist.
  const [open] = useState({ typed: typed !== "", round: round !== "" });

  function make() {
    complain("");
    const whole = Number(minutes);
    if (!Number.isInteger(whole) || whole < 1 || whole > 1440) return complain("Give whole minutes, from 1 to 1440.");
    try {
      const challenge = made();
      if (wasUsed(challenge.hex)) return complain("This challenge was used in an earlier ceremony, whose answer may have been kept. Make a new one.");
      finish("challenge", { challenge, making: { ...making, typed: "", round: "" } });
    } catch (thrown) {
      complain(faultOf(thrown).message);
    }
  }

  function made(): { hex: string; origin: ChallengeOrigin } {
    if (round.trim() !== "" && typed.trim() !== "") throw new Error("Either a challenge that a witness read out, or one mixed from a round: clear one of the two.");
    if (round.trim() !== "") {
      const { hex, origin } = mixChallenge(round);
      return { hex, origin };
    }
    const { hex } = typed.trim() === "" ? generateChallenge(Number(bytes)) : own(typed);
    return { hex, origin: { type: "random" } };
  }

  return (
    <StepForm action={typed.trim() === "" ? "Make the challenge" : "Use this challenge"} onDone={make}>
      <p>Its window begins when you press the button: the machine must answer within it, while everyone watches.</p>
      <WitnessChoice id="field-made-by" label="Which witness makes it?" value={madeBy} onChoose={(index) => change({ madeBy: index })} />
      <TextField id="field-minutes" label="Minutes to answer in" short value={minutes} onInput={(text) => change({ minutes: text })} />
      <div class="field">
        <label for="field-bytes">How long</label>
        <select id="field-bytes" value={bytes} onChange={(event) => set({ bytes: event.currentTarget.value })}>
          <option value="32">64 digits</option>
          <option value="16">32 digits, for a console that cannot paste</option>
        </select>
      </div>
      <details open={open.typed}>
        <summary>Another witness made it on their own page</summary>
        <TextField id="field-typed" label="The challenge that they read out" code value={typed} onInput={(text) => set({ typed: text })} hint={typed.trim() === "" ? undefined : checksumOf(typed)} />
      </details>
      <details open={open.round}>
        <summary>Mix in public randomness (drand)</summary>
        <p>A public round that nobody could know before its time, mixed with this page's own random bytes, shows that the challenge is no older than the round and that no witness chose it alone.</p>
        <p><a href={NEWEST_ROUND} target="_blank" rel="noopener noreferrer">Open the newest round<span class="visually-hidden"> (opens drand's site)</span></a>, copy all of it, and paste it here. This page asks nobody for it.</p>
        <TextArea id="field-round" label="The round, as drand gives it" code value={round} onInput={(text) => set({ round: text })} />
      </details>
      {complaint !== "" && <p class="problem" role="alert">{complaint}</p>}
    </StepForm>
  );
}

function own(text: string): { hex: string } {
  const { challenge, complaint } = readChallenge(text);
  if (challenge === null) throw new Error(complaint);
  return challenge;
}

function checksumOf(text: string): string {
  const { challenge, complaint } = readChallenge(text);
  return challenge === null ? complaint : `checksum ${challenge.checksum}`;
}

export function CommandStep() {
  const { challenge, minutes, times } = draft.value;
  if (challenge === null || times.challenge === undefined) return <p>There is no challenge yet.</p>;
  const read = readChallenge(challenge.hex).challenge;
  return (
    <StepForm action="The prover has run it" onDone={() => finish("command")}>
      {read !== null && <Shown challenge={read} madeAt={times.challenge} minutes={Number(minutes)} />}
      <Commands challenge={challenge.hex} />
      <p><button type="button" onClick={() => redo("challenge")}>Make another challenge</button></p>
    </StepForm>
  );
}
