// Texts that this browser keeps from one visit to the next, and nowhere else.

import { signal, type Signal } from "@preact/signals";

/** False when this browser keeps nothing: then everything lives until the tab is closed. */
export const isKept = signal(true);

/** A text that is kept; empty for none. */
export function kept(key: string): Signal<string> {
  const text = signal(read(key));
  text.subscribe((value) => write(key, value));
  return text;
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    isKept.value = true;
  } catch {
    isKept.value = false;
  }
}
