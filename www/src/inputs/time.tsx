import { change, inputs } from "../state";
import { formatLocal, formatUtc, parseMoment } from "../time";
import { Radio, Section, TextField } from "../ui/field";

export function TimeInput() {
  const { time, asOf } = inputs.value;
  const moment = parseMoment(asOf);
  return (
    <Section title="The moment" hint="Certificates, lists and levels hold for a time. Ask about now during a call, about an earlier moment for a recording.">
      <Radio name="time" value="now" chosen={time} onChoose={(chosen) => change({ time: chosen })} label="Now" hint="by this computer's clock" />
      <Radio name="time" value="as_of" chosen={time} onChoose={(chosen) => change({ time: chosen })} label="As of an earlier moment" />
      {time === "as_of" && (
        <div class="nested">
          <TextField
            id="field-asOf"
            field="asOf"
            label="Date and time (UTC)"
            placeholder="2025-06-20 14:03:22"
            hint={moment === null ? "The verdict will say that it is about this moment only." : `${formatUtc(moment)}; on your clock ${formatLocal(moment)}`}
            value={asOf}
            onInput={(text) => change({ asOf: text })}
          />
        </div>
      )}
    </Section>
  );
}
