interface Props {
  id: string;
  label: string;
  hint?: string;
  code?: boolean;
  value: string;
  onInput: (text: string) => void;
}

export function TextArea({ id, label, hint, code = false, value, onInput }: Props) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea
        id={id}
        class={code ? "code" : ""}
        rows={4}
        spellcheck={!code}
        autocomplete="off"
        value={value}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {hint !== undefined && <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  );
}
