// Texts that this browser keeps from one visit to the next, and nowhere else.

import { signal, type Signal } from "@preact/signals";

/** Those that this browser refused to keep: they live until the tab is closed. */
const unkept = signal<ReadonlySet<string>>(new Set());

export interface Kept extends Signal<string> {
  /** Whether it would survive a reload. */
  isKept: () => boolean;
}

/** A text that is kept; empty for none. Another tab's change counts here too, so that neither undoes the other's. */
export function kept(key: string): Kept {
  const text = signal(read(key));
  let known = text.peek();
  text.subscribe((value) => {
    if (value === known) return;
    known = value;
    write(key, value);
  });
  window.addEventListener("storage", (event) => {
    if (event.key !== key && event.key !== null) return;
    // The event tells of one change, after which this tab may have made its own: only the storage says which is the last.
    known = read(key);
    text.value = known;
  });
  return Object.assign(text, { isKept: () => !unkept.value.has(key) });
}

function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? "";
  } catch {
    return "";
  }
}

function write(key: string, text: string): void {
  const failing = new Set(unkept.peek());
  try {
    if (text === "") localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    failing.delete(key);
  } catch {
    failing.add(key);
    forget(key);
  }
  unkept.value = failing;
}

/** An earlier text must not come back on a reload in place of one that could not be kept. */
function forget(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // This browser keeps nothing at all.
  }
}
