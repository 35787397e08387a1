// The user's lists of known and of revoked machines. The verifier keeps them, read once; here is what is shown of them.
// They live until the tab is closed: they can be far larger than what a browser keeps for a page.

import type { MachineEntry, MachineList } from "cloud-witness";
import { signal, type Signal } from "@preact/signals";
import { signersText } from "../keys/store";
import { announce } from "../report/announcer";
import { invalidate } from "../state";
import { background, machineFiles, useMachines, type MachineListName } from "../verifier/engine";

export interface Loaded {
  names: readonly string[];
  list: MachineList;
  /** How long reading took, in milliseconds. */
  took: number;
}

export const lists: Readonly<Record<MachineListName, Signal<Loaded | null>>> = {
  known: signal<Loaded | null>(null),
  revoked: signal<Loaded | null>(null),
};

/** Throws what is wrong with the files; the list before stays. */
export async function loadList(name: MachineListName, files: readonly { name: string; bytes: Uint8Array<ArrayBuffer> }[]): Promise<void> {
  const began = performance.now();
  const list = await useMachines(name, files.map(({ bytes }) => bytes), signersText.peek());
  if (list === null) return;
  lists[name].value = { names: files.map((file) => file.name), list, took: performance.now() - began };
  invalidate();
  announce(`${list.entries.toLocaleString("en")} machines are loaded.`);
}

export async function dropList(name: MachineListName): Promise<void> {
  await useMachines(name, null);
  lists[name].value = null;
  invalidate();
}

/** The one file of the known list, as the registry's known.csv; null where there is none, or more than one. */
export function knownFile(): { name: string; bytes: Uint8Array<ArrayBuffer> } | null {
  const files = machineFiles("known");
  const loaded = lists.known.peek();
  return loaded === null || files?.length !== 1 ? null : { name: loaded.names[0]!, bytes: files[0]! };
}

export interface Page {
  total: number;
  entries: readonly MachineEntry[];
}

export const PAGE = 50;

export function search(name: MachineListName, text: string, offset: number): Promise<Page> {
  return background("searchMachines", name, text, offset, PAGE);
}
