import { parseChallenge, type Challenge } from "cloud-witness";
import { useState } from "preact/hooks";
import { engine, faultOf } from "../engine";
import { change, changeChallenge, inputs, makeChallenge } from "../state";
import { formatLocal, formatUtc, nowSeconds, parseMoment } from "../time";
import { Section, TextField } from "../ui/field";
import { Hex } from "../ui/hex";

export function ChallengeInput() {
  const { challenge, challengeMadeAt } = inputs.value;
  return (
    <Section
      title="The challenge"
      hint="Digits that nobody could know before the call. A witness reads them out, the prover types them into the attester, and the machine signs them."
    >
      <Maker />
      <TextField
        id="field-challenge"
        label="Challenge (hexadecimal)"
        code
        value={challenge}
        onInput={changeChallenge}
      />
      <ReadAloud text={challenge} />
      {challenge !== "" && (challengeMadeAt === null ? <ReadOutTime /> : <MadeHere at={challengeMadeAt} />)}
      {challenge !== "" && (
        <TextField
          id="field-challengeMinutes"
          field="challengeMinutes"
          label="Minutes to answer in"
          short
          value={inputs.value.challengeMinutes}
          onInput={(challengeMinutes) => change({ challengeMinutes })}
        />
      )}
    </Section>
  );
}

function Maker() {
  const [bytes, setBytes] = useState("32");
  return (
    <div class="field-line">
      <button type="button" disabled={engine.value !== "ready"} onClick={() => makeChallenge(Number(bytes))}>
        Make a{inputs.value.challenge === "" ? "" : " new"} challenge
      </button>
      <label for="challenge-bytes" class="visually-hidden">Length of a new challenge</label>
      <select id="challenge-bytes" value={bytes} onChange={(event) => setBytes(event.currentTarget.value)}>
        <option value="32">64 digits</option>
        <option value="16">32 digits, for a console that cannot paste</option>
      </select>
    </div>
  );
}

/** The challenge large, in groups, with the checksum that both sides can say to be sure of it. */
function ReadAloud({ text }: { text: string }) {
  if (text === "" || engine.value !== "ready") return null;
  const { challenge, complaint } = readChallenge(text);
  if (challenge === null) return <p class="hint">{complaint}</p>;
  return (
    <div class="aloud">
      <Hex value={challenge.hex} large />
      <p>
        {challenge.hex.length / 2} bytes. To confirm by voice: the checksum is <strong class="code">{challenge.checksum}</strong>
      </p>
    </div>
  );
}

function readChallenge(text: string): { challenge: Challenge | null; complaint: string } {
  try {
    return { challenge: parseChallenge(text), complaint: "" };
  } catch (thrown) {
    return { challenge: null, complaint: faultOf(thrown).message };
  }
}

function MadeHere({ at }: { at: number }) {
  const minutes = Number(inputs.value.challengeMinutes);
  return (
    <p class="hint">
      Made here at {formatUtc(at)}
      {Number.isInteger(minutes) && minutes > 0 && <>, to be answered by {formatUtc(at + minutes * 60)}</>}. Use it once.
    </p>
  );
}

function ReadOutTime() {
  const text = inputs.value.challengeReadOut;
  const moment = parseMoment(text);
  return (
    <TextField
      id="field-challengeReadOut"
      field="challengeReadOut"
      label="When was it read out? (UTC, optional)"
      placeholder="2025-06-20 14:03:22"
      hint={moment === null ? "Without it, nobody can tell whether the answer came in time." : `${formatUtc(moment)}; on your clock ${formatLocal(moment)}`}
      value={text}
      onInput={(challengeReadOut) => change({ challengeReadOut })}
    >
      <button type="button" class="button-small" onClick={() => change({ challengeReadOut: formatUtc(nowSeconds()) })}>
        Just now
      </button>
    </TextField>
  );
}
