// The parts of a form: each input has a label, a hint in plain words, and a place for what is wrong with it.

import type { ComponentChildren } from "preact";
import { problems } from "../state";
import type { Field } from "../request";

export function Section(props: { title: string; optional?: boolean; hint: ComponentChildren; children: ComponentChildren }) {
  return (
    <fieldset class="section">
      <legend>
        {props.title}
        {props.optional === true && <span class="optional"> optional</span>}
      </legend>
      <p class="hint">{props.hint}</p>
      {props.children}
    </fieldset>
  );
}

interface TextFieldProps {
  id: string;
  label: string;
  hint?: ComponentChildren;
  value: string;
  onInput: (text: string) => void;
  field?: Field;
  code?: boolean;
  short?: boolean;
  placeholder?: string;
  /** A button that belongs to the field. */
  children?: ComponentChildren;
}

export function TextField(props: TextFieldProps) {
  const wrong = props.field === undefined ? undefined : problemWith(props.field);
  const describedBy = [props.hint === undefined ? "" : `${props.id}-hint`, wrong === undefined ? "" : `${props.id}-problem`].join(" ").trim();
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      <div class="field-line">
        <input
          id={props.id}
          class={[props.code === true ? "code" : "", props.short === true ? "short" : ""].join(" ").trim()}
          type="text"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={props.value}
          placeholder={props.placeholder ?? ""}
          aria-describedby={describedBy}
          aria-invalid={wrong !== undefined}
          onInput={(event) => props.onInput(event.currentTarget.value)}
        />
        {props.children}
      </div>
      {props.hint !== undefined && <p class="hint" id={`${props.id}-hint`}>{props.hint}</p>}
      <ProblemText id={`${props.id}-problem`} message={wrong} />
    </div>
  );
}

export function problemWith(field: Field): string | undefined {
  return problems.value.find((problem) => problem.field === field)?.message;
}

export function ProblemText({ id, message }: { id: string; message: string | undefined }) {
  return message === undefined ? null : <p class="problem" id={id}>{message}</p>;
}

interface RadioProps<T> {
  name: string;
  value: T;
  chosen: T;
  onChoose: (value: T) => void;
  label: string;
  hint?: string;
}

export function Radio<T extends string>({ name, value, chosen, onChoose, label, hint }: RadioProps<T>) {
  const id = `${name}-${value}`;
  return (
    <div class="radio">
      <input type="radio" id={id} name={name} value={value} checked={chosen === value} onChange={() => onChoose(value)} />
      <label for={id}>
        {label}
        {hint !== undefined && <span class="hint"> {hint}</span>}
      </label>
    </div>
  );
}
