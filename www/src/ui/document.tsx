// One place for a file: drop it, choose it, or paste its text.

import type { ComponentChildren, TargetedKeyboardEvent } from "preact";
import { pasteText, pickFile, refuseFile, removeDocument } from "../documents";
import type { Slot } from "../inputs";
import { inputs, readings } from "../state";
import { Drop } from "./drop";
import { problemWith, ProblemText } from "./field";

interface Props {
  slot: Slot;
  /** What is dropped here, for example "the attester's file". */
  what: string;
  /** Shown below the name and size of what was given. */
  children?: ComponentChildren;
}

export function DocumentInput({ slot, what, children }: Props) {
  const id = `field-${slot}`;
  const document = inputs.value.documents[slot];
  const reading = readings.value[slot];
  const wrong = problemWith(slot);

  function pick(files: FileList | null | undefined) {
    const [file, ...others] = [...(files ?? [])];
    if (file === undefined) return;
    if (others.length > 0) refuseFile(slot, `${others.length + 1} files`, "Give one file at a time.");
    else void pickFile(slot, file);
  }

  return (
    <div class="document">
      <Drop onFiles={pick}>
        <input
          type="file"
          id={id}
          class="visually-hidden"
          aria-describedby={wrong === undefined ? `${id}-state` : `${id}-state ${id}-problem`}
          aria-invalid={wrong !== undefined}
          onKeyDown={openOnEnter}
          onChange={(event) => {
            pick(event.currentTarget.files);
            // So that the same file, changed on disk, can be chosen again.
            event.currentTarget.value = "";
          }}
        />
        <label for={id} class="button-like">
          {document === null ? `Choose ${what}` : <>Choose another<span class="visually-hidden"> file for {what}</span></>}
        </label>
        <span class="drop-or"> or drop it here</span>
        <div id={`${id}-state`}>
          {reading !== undefined && reading.error === null && <p class="document-name">Reading <bdi>{reading.name}</bdi>…</p>}
          {reading !== undefined && reading.error !== null && (
            <p class="problem"><bdi class="document-name">{reading.name}</bdi>: {reading.error}</p>
          )}
          {document !== null && (
            <p>
              <bdi class="document-name">{document.name}</bdi>, {document.bytes.length.toLocaleString("en")} bytes
            </p>
          )}
        </div>
        {document !== null && children}
        {document !== null && (
          <button type="button" class="button-small" onClick={() => removeDocument(slot)}>
            Remove<span class="visually-hidden"> {what}</span>
          </button>
        )}
      </Drop>
      <Paste slot={slot} what={what} />
      <ProblemText id={`${id}-problem`} message={wrong} />
    </div>
  );
}

/** Enter would send the form; here it means the same as on any other button. */
export function openOnEnter(event: TargetedKeyboardEvent<HTMLInputElement>): void {
  if (event.key !== "Enter") return;
  event.preventDefault();
  event.currentTarget.click();
}

function Paste({ slot, what }: { slot: Slot; what: string }) {
  const document = inputs.value.documents[slot];
  return (
    <details class="paste">
      <summary>Or paste the text of {what}</summary>
      <label for={`paste-${slot}`} class="visually-hidden">Text of {what}</label>
      <textarea
        id={`paste-${slot}`}
        class="code"
        rows={4}
        spellcheck={false}
        autocomplete="off"
        value={document?.pasted ?? ""}
        onInput={(event) => pasteText(slot, event.currentTarget.value)}
      />
      <p class="hint">A browser may change line ends in pasted text, and then its hash is another one. A file is safer.</p>
    </details>
  );
}
