// One item of evidence: what people enter, the files that belong to it, and what was found of it.

import type { ColocationItemReport } from "cloud-witness";
import { Confirm } from "../ui/confirm";
import { Radio } from "../ui/field";
import { FilePicker } from "../ui/file";
import { SPECS, type FieldSpec, type FileSpec, type ListSpec } from "./kinds";
import { ItemResult } from "./result";
import { addRow, dropFile, filesOf, pickFile, problems, removeItem, removeRow, setRowValue, setValue, type ItemDraft, type RowDraft } from "./store";
import type { Values } from "./reader";
import { TemplateLink } from "./templates";

/** The largest log that the verifier reads, with some room: only a wrong pick is larger. */
const MOST_BYTES = 66 * 1024 * 1024;

export function Item({ item, number, report }: { item: ItemDraft; number: number; report: ColocationItemReport | null }) {
  const spec = SPECS[item.kind];
  const isAsked = (one: { when?: (values: Values) => boolean }) => one.when === undefined || one.when(item.values);
  return (
    <section class="panel item" data-kind={item.kind} aria-labelledby={`item-${item.id}-title`}>
      <div class="row-head">
        <h3 id={`item-${item.id}-title`} tabIndex={-1}>{number}. {spec.title}</h3>
        <Confirm action="Remove" confirm="Yes, remove it" small onConfirm={() => { removeItem(item); document.getElementById("main")?.focus(); }} />
      </div>
      <p class="hint">{spec.about} {spec.template !== undefined && <TemplateLink id={spec.template} />}</p>
      <div class="item-fields">
        {spec.fields.filter(isAsked).map((field) => (
          <Field key={field.name} owner={item.id} field={field} values={item.values} onInput={(value) => setValue(item.id, field.name, value)} />
        ))}
      </div>
      {spec.lists?.map((list) => <List key={list.name} item={item} list={list} />)}
      {spec.files.filter(isAsked).map((file) => <Files key={file.role} owner={item.id} spec={file} />)}
      {report !== null && <ItemResult report={report} />}
    </section>
  );
}

function Field({ owner, field, values, onInput }: { owner: number; field: FieldSpec; values: Values; onInput: (value: string) => void }) {
  const id = `item-${owner}-${field.name}`;
  const value = values[field.name] ?? "";
  const problem = problems.value.get(id);
  if (field.as === "choice") {
    const chosen = value === "" ? (field.choices?.[0]?.value ?? "") : value;
    return (
      <fieldset class="choice">
        <legend>{field.label}</legend>
        {field.choices?.map((choice) => <Radio key={choice.value} name={id} value={choice.value} chosen={chosen} onChoose={onInput} label={choice.label} />)}
      </fieldset>
    );
  }
  const described = [field.hint === undefined ? "" : `${id}-hint`, problem === undefined ? "" : `${id}-problem`].join(" ").trim();
  const shared = {
    id, value, "aria-invalid": problem !== undefined, "aria-describedby": described === "" ? undefined : described,
    autocomplete: "off", spellcheck: field.as === "text", class: field.as === "code" ? "code" : "",
  };
  return (
    <div class="field">
      <label for={id}>{field.label}</label>
      {field.as === "text"
        ? <textarea {...shared} rows={3} onInput={(event) => onInput(event.currentTarget.value)} />
        : <input {...shared} type="text" autocapitalize="off" onInput={(event) => onInput(event.currentTarget.value)} />}
      {field.hint !== undefined && <p class="hint" id={`${id}-hint`}>{field.hint}</p>}
      {problem !== undefined && <p class="problem" id={`${id}-problem`}>{problem}</p>}
    </div>
  );
}

function List({ item, list }: { item: ItemDraft; list: ListSpec }) {
  const rows = item.lists[list.name] ?? [];
  return (
    <div class="item-list">
      <h4>{list.title}: {rows.length === 0 ? "none" : rows.length}</h4>
      {rows.map((row, index) => <ListRow key={row.id} item={item} list={list} row={row} number={index + 1} />)}
      <p><button type="button" onClick={() => focusSoon(`item-${addRow(item.id, list.name)}-${list.fields[0]?.name ?? ""}`)}>Add {list.one === "address" ? "an" : "a"} {list.one}</button></p>
    </div>
  );
}

function ListRow({ item, list, row, number }: { item: ItemDraft; list: ListSpec; row: RowDraft; number: number }) {
  return (
    <fieldset class="person">
      <legend>{list.one[0]?.toUpperCase()}{list.one.slice(1)} {number}</legend>
      {list.fields.map((field) => (
        <Field key={field.name} owner={row.id} field={field} values={row.values} onInput={(value) => setRowValue(item.id, list.name, row.id, field.name, value)} />
      ))}
      {list.file !== undefined && <Files owner={row.id} spec={list.file} />}
      <p><button type="button" class="button-small" onClick={() => removeRow(item.id, list.name, row.id)}>Remove<span class="visually-hidden"> {list.one} {number}</span></button></p>
    </fieldset>
  );
}

function Files({ owner, spec }: { owner: number; spec: FileSpec }) {
  const picked = filesOf(owner, spec.role);
  const isMore = picked.length > 0;
  return (
    <div class="item-file">
      {picked.map((file, index) => (
        <p key={index} class="field-line">
          <span><bdi class="document-name">{file.name}</bdi>, {file.bytes.length.toLocaleString("en")} bytes</span>
          <button type="button" class="button-small" onClick={() => dropFile(owner, file)}>Remove<span class="visually-hidden"> {file.name}</span></button>
        </p>
      ))}
      <FilePicker
        id={`item-${owner}-file-${spec.role}`}
        label={`Choose ${isMore ? (spec.isMany === true ? "another file for " : "another file in place of ") : ""}${spec.label}`}
        most={MOST_BYTES}
        onFile={(file) => pickFile(owner, spec, file)}
      />
      {spec.hint !== undefined && <p class="hint">{spec.hint}</p>}
    </div>
  );
}

/** What was just added is drawn as soon as the click has been dealt with; a later moment would take a quick key's focus back. */
export function focusSoon(id: string): void {
  queueMicrotask(() => document.getElementById(id)?.focus());
}
