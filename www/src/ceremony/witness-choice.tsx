import { draft } from "./draft";

/** One of the witnesses, by position among the participants. */
export function WitnessChoice({ id, label, value, onChoose }: { id: string; label: string; value: number; onChoose: (index: number) => void }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={String(value)} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
        {draft.value.participants.map(({ name, project, role }, index) => (
          role === "witness" ? <option key={index} value={String(index)}>{name} of {project}</option> : null
        ))}
      </select>
    </div>
  );
}
