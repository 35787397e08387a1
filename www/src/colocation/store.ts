// Evidence of colocation as it is entered. Texts are kept in this browser; files, which may be large, in this tab alone.

import type { ColocationItem, ColocationReport } from "cloud-witness";
import { computed, effect, signal } from "@preact/signals";
import { listText as attestersText } from "../attesters/store";
import { signersText } from "../keys/store";
import { recordText } from "../record/store";
import { announce } from "../report/announcer";
import { nowSeconds } from "../time";
import { kept, type Kept } from "../ui/kept";
import { background, engine } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { KINDS, SPECS, type FileSpec, type Kind, type Role } from "./kinds";
import { Reader, type Values } from "./reader";

export interface RowDraft {
  id: number;
  values: Values;
}

export interface ItemDraft {
  id: number;
  kind: Kind;
  values: Values;
  lists: Readonly<Record<string, readonly RowDraft[]>>;
}

interface Draft {
  schema: 1;
  /** The machine's charter key. */
  machine: string;
  items: readonly ItemDraft[];
  /** The next item or row. */
  next: number;
}

export interface Picked {
  role: Role;
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const EMPTY: Draft = { schema: 1, machine: "", items: [], next: 1 };

const text = kept("cloud-witness.colocation");

export const draftText: Kept = text;

export const draft = computed<Draft>(() => parse(text.value) ?? EMPTY);

/** By the id of the item or row that they belong to. */
export const files = signal<ReadonlyMap<number, readonly Picked[]>>(new Map());

export type Checked =
  | { state: "checking" }
  | { state: "report"; report: ColocationReport }
  | { state: "failed"; message: string };

export const checked = signal<Checked | null>(null);

/** By field: what cannot be read of it. Shown once the check was asked for. */
export const problems = signal<ReadonlyMap<string, string>>(new Map());

/** Counts every change of what is checked; a late answer about an earlier one is dropped. */
let generation = 0;

/** Whether the record that is open under "Record" is taken along, for the row of the console. */
export const withRecord = signal(false);

effect(() => {
  // Another input makes what was found say nothing.
  void [text.value, files.value, withRecord.value, withRecord.value ? recordText.value : "", signersText.value, attestersText.value];
  generation += 1;
  checked.value = null;
});

function change(patch: Partial<Draft>): void {
  text.value = JSON.stringify({ ...draft.peek(), ...patch });
}

export function setMachine(machine: string): void {
  change({ machine });
}

export function addItem(kind: Kind): number {
  const { items, next } = draft.peek();
  change({ items: [...items, { id: next, kind, values: {}, lists: {} }], next: next + 1 });
  return next;
}

export function removeItem(item: ItemDraft): void {
  const gone = new Set([item.id, ...Object.values(item.lists).flat().map(({ id }) => id)]);
  files.value = new Map([...files.peek()].filter(([id]) => !gone.has(id)));
  change({ items: draft.peek().items.filter(({ id }) => id !== item.id) });
}

export function removeAll(): void {
  files.value = new Map();
  problems.value = new Map();
  text.value = "";
}

function changeItem(id: number, patch: (item: ItemDraft) => Partial<ItemDraft>): void {
  change({ items: draft.peek().items.map((item) => (item.id === id ? { ...item, ...patch(item) } : item)) });
}

export function setValue(item: number, name: string, value: string): void {
  forgive(`item-${item}-${name}`);
  changeItem(item, ({ values }) => ({ values: { ...values, [name]: value } }));
}

export function addRow(item: number, list: string): number {
  const { next } = draft.peek();
  changeItem(item, ({ lists }) => ({ lists: { ...lists, [list]: [...(lists[list] ?? []), { id: next, values: {} }] } }));
  change({ next: next + 1 });
  return next;
}

export function removeRow(item: number, list: string, row: number): void {
  files.value = new Map([...files.peek()].filter(([id]) => id !== row));
  changeItem(item, ({ lists }) => ({ lists: { ...lists, [list]: (lists[list] ?? []).filter(({ id }) => id !== row) } }));
}

export function setRowValue(item: number, list: string, row: number, name: string, value: string): void {
  forgive(`item-${row}-${name}`);
  changeItem(item, ({ lists }) => ({
    lists: { ...lists, [list]: (lists[list] ?? []).map((one) => (one.id === row ? { ...one, values: { ...one.values, [name]: value } } : one)) },
  }));
}

function forgive(field: string): void {
  if (problems.peek().has(field)) problems.value = new Map([...problems.peek()].filter(([id]) => id !== field));
}

/** One file of a role; of a role that takes many, one more. */
export function pickFile(id: number, spec: FileSpec, file: Omit<Picked, "role">): void {
  const others = (files.peek().get(id) ?? []).filter(({ role, name }) => role !== spec.role || (spec.isMany === true && name !== file.name));
  files.value = new Map([...files.peek(), [id, [...others, { role: spec.role, ...file }]]]);
}

export function dropFile(id: number, file: Picked): void {
  files.value = new Map([...files.peek(), [id, (files.peek().get(id) ?? []).filter((one) => one !== file)]]);
}

export function filesOf(id: number, role: Role): readonly Picked[] {
  return (files.value.get(id) ?? []).filter((file) => file.role === role);
}

/** The items as the verifier takes them, with their files; null with problems that must be put right first. */
export function evidence(): ColocationItem[] | null {
  const found = new Map<string, string>();
  const items = draft.peek().items.map((item): ColocationItem => {
    const spec = SPECS[item.kind];
    const rowReader = ({ id, values }: RowDraft) => new Reader(values, `item-${id}`, found);
    const read = new Reader(item.values, `item-${item.id}`, found, (list) => (item.lists[list] ?? []).map(rowReader));
    const asked = spec.files.filter(({ when }) => when === undefined || when(item.values)).map(({ role }) => role);
    const own = (files.peek().get(item.id) ?? []).filter(({ role }) => asked.includes(role));
    const ofRows = Object.values(item.lists).flat().flatMap(({ id }) => files.peek().get(id) ?? []);
    return {
      entered: { kind: item.kind, ...spec.entered(read) } as ColocationItem["entered"],
      files: [...own, ...ofRows].map(({ role, name, bytes }) => ({ role, name, content: bytes })),
    };
  });
  problems.value = found;
  return found.size === 0 ? items : null;
}

/** Checks what was entered. */
export async function check(): Promise<void> {
  const items = evidence();
  const [first] = problems.peek().keys();
  if (items === null) {
    if (first !== undefined) document.getElementById(first)?.focus();
    announce([...problems.peek().values()].join(" "));
    return;
  }
  if (engine.peek() !== "ready") return;
  const mine = generation;
  const machine = draft.peek().machine.trim();
  const [signers, attesters] = [signersText.peek(), attestersText.peek()];
  checked.value = { state: "checking" };
  const reached = await background("checkColocation", {
    items,
    at: nowSeconds(),
    ...(machine === "" ? {} : { machine }),
    ...(withRecord.peek() && recordText.peek() !== "" ? { ceremony: recordText.peek() } : {}),
    ...(signers === "" ? {} : { signers }),
    ...(attesters === "" ? {} : { attesters }),
  }).then(
    (report): Checked => ({ state: "report", report }),
    (thrown): Checked => ({ state: "failed", message: faultOf(thrown).message }),
  );
  if (mine !== generation) return;
  checked.value = reached;
  if (reached.state === "report") announce(inWords(reached.report));
}

export function inWords({ items, trust }: ColocationReport): string {
  const counting = items.filter(({ counts }) => counts).length;
  const against = trust.strongest.map(({ attacker_words: who, words }) => `against ${who}: ${words}`).join("; ");
  return `${counting} of ${items.length} items count. ${against}.`;
}

/** Null for what is no draft of this version. */
function parse(json: string): Draft | null {
  try {
    const read = JSON.parse(json) as Draft;
    return isDraft(read) ? read : null;
  } catch {
    return null;
  }
}

function isDraft(read: Draft): boolean {
  const areTexts = (values: Values) => typeof values === "object" && values !== null && Object.values(values).every((value) => typeof value === "string");
  const isRow = ({ id, values }: RowDraft) => Number.isSafeInteger(id) && areTexts(values);
  return read.schema === 1 && typeof read.machine === "string" && Number.isSafeInteger(read.next) && Array.isArray(read.items)
    && read.items.every((item) => isRow(item) && KINDS.includes(item.kind)
      && typeof item.lists === "object" && Object.values(item.lists).every((rows) => Array.isArray(rows) && rows.every(isRow)));
}
