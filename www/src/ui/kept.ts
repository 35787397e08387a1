// Texts that this browser keeps from one visit to the next, and nowhere else; and the words for it. A browser may refuse to keep
// anything, or take no more at any time: no view says that something is kept without asking here.

import { signal, type Signal } from "@preact/signals";

/** Whether this browser keeps anything for this site. */
const isKeeping = signal(probe());

/** Those that this browser refused to keep: they live until the tab is closed. */
const unkept = signal<ReadonlySet<string>>(new Set());

export interface Kept extends Signal<string> {
  /** How it is kept: for another visit, or until the tab is closed, as this browser keeps nothing or refused this. */
  keeping: () => Keeping;
}

export type Keeping = "kept" | "nothing is" | "refused";

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
  return Object.assign(text, { keeping: () => (!isKeeping.value ? "nothing is" : unkept.value.has(key) ? "refused" : "kept") as Keeping });
}

/** Whether a reload loses all that was entered, wherever. */
export const keepsNothing = () => !isKeeping.peek();

/** Whether a text that is kept survives a reload. */
export function isKept(of: Kept): boolean {
  return of.keeping() === "kept";
}

/** What a page can know: a private window, which keeps like any other until it is closed, does not say that it is one. */
export const AS_LONG_AS = "for as long as it keeps this site's data; a private window forgets it when it closes";

/** Where something stays, as a sentence: "The list is" …, and what to do where it does not stay. */
export function whereKept(of: Kept, whatIs: string, instead: string): string {
  switch (of.keeping()) {
    case "kept":
      return `${whatIs} kept in this browser only, also over a reload, ${AS_LONG_AS}.`;
    case "nothing is":
      return `This browser keeps nothing for this site: ${instead}.`;
    case "refused":
      return `This browser refused to keep it; its storage for this site may be full: ${instead}.`;
  }
}

/** The same in passing: "Your list, …, has 3 builds". */
export function shortlyKept(of: Kept): string {
  return isKept(of) ? "kept for as long as this browser keeps this site's data" : "in this tab alone, as this browser does not keep it";
}

/** What a reload costs a text. */
export function afterReload(of: Kept, what: string): string {
  return isKept(of) ? `${what} is kept` : `${what} is gone too, as this browser does not keep it: save it first`;
}

const PROBE = "cloud-witness.probe";

/** By writing and reading back: some browsers refuse the storage itself, others every write, and some say nothing. */
function probe(): boolean {
  try {
    const written = String(Math.random());
    localStorage.setItem(PROBE, written);
    const found = localStorage.getItem(PROBE);
    localStorage.removeItem(PROBE);
    return found === written || isFull();
  } catch {
    return isFull();
  }
}

/** What is there is kept, though no more may be: the text that does not fit says so itself. */
function isFull(): boolean {
  try {
    return localStorage.length > 0;
  } catch {
    return false;
  }
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
    if (read(key) !== text) throw new Error("it was not written");
    failing.delete(key);
    isKeeping.value = true;
  } catch {
    failing.add(key);
    forget(key);
    isKeeping.value = probe();
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
