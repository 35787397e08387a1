import { engine } from "../verifier/engine";
import { readChallenge } from "../challenge/view";
import { change, changeChallenge, inputs } from "../state";
import { formatLocal, formatUtc, nowSeconds, parseMoment } from "../time";
import { Section, TextField } from "../ui/field";
import { Hex } from "../ui/hex";
import { address } from "../views";

export function ChallengeInput() {
  const { challenge, challengeMadeAt } = inputs.value;
  return (
    <Section
      title="The challenge"
      hint="Digits that nobody could know before the call. A witness reads them out, the prover types them into the attester, and the machine signs them."
    >
      <TextField
        id="field-challenge"
        label="Challenge (hexadecimal)"
        code
        value={challenge}
        onInput={changeChallenge}
      />
      {challenge === "" && <p class="hint">None yet? <a href={address("challenge")}>Make one</a></p>}
      <ReadBack text={challenge} />
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

/** What was typed, as it was understood. */
function ReadBack({ text }: { text: string }) {
  if (text === "" || engine.value !== "ready") return null;
  const { challenge, complaint } = readChallenge(text);
  if (challenge === null) return <p class="hint">{complaint}</p>;
  return (
    <div class="aloud">
      <Hex value={challenge.hex} />
      <p class="hint">{challenge.hex.length / 2} bytes, checksum <strong class="code">{challenge.checksum}</strong></p>
    </div>
  );
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
