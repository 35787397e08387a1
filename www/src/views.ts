// Which view is shown: the part of the address behind "#/", which never leaves the browser.

import { signal } from "@preact/signals";

export const VIEWS = {
  "": "Start",
  ceremony: "Ceremony",
  challenge: "Challenge",
  schedule: "Schedule",
  colocation: "Colocation",
  record: "Record",
  check: "Check",
  many: "Check many files",
  token: "Check a trust token",
  registry: "Known machines",
  enrol: "Propose a machine",
  second: "Second witness",
  collateral: "Collateral",
  attesters: "Attesters",
  keys: "Keys",
  docs: "Documentation",
  about: "Verify this page",
} as const;

export type View = keyof typeof VIEWS;

/** The tabs of the page: each leads to its first view, and shows the others beside it once one is there. */
export const TABS: readonly { name: string; parts: readonly (readonly [View, string])[] }[] = [
  { name: "Start", parts: [["", "Start"]] },
  { name: "Ceremony", parts: [["ceremony", "The call"], ["colocation", "Colocation"], ["challenge", "Challenge"], ["schedule", "Schedule"]] },
  { name: "Record", parts: [["record", "Record"]] },
  { name: "Check", parts: [["check", "One file"], ["many", "Many files"], ["token", "Trust token"]] },
  { name: "Registry", parts: [["registry", "Machines"], ["enrol", "Propose"], ["second", "Second witness"]] },
  { name: "Lists", parts: [["attesters", "Attesters"], ["keys", "Keys"], ["collateral", "Collateral"]] },
];

export const view = signal<View>(viewOf(location.hash) ?? "");

/** What stands behind the view's name: which text of the documentation, and which heading in it. */
export const part = signal(partOf(location.hash));

/** Null for an address inside of a view, such as that of a row in the Report. */
function viewOf(hash: string): View | null {
  if (hash === "" || hash === "#") return "";
  const name = /^#\/([a-z]*)$/.exec(hash)?.[1] ?? /^#\/(docs)\//.exec(hash)?.[1];
  return name !== undefined && Object.hasOwn(VIEWS, name) ? (name as View) : null;
}

function partOf(hash: string): string {
  return /^#\/docs\/([a-z0-9/_-]*)$/.exec(hash)?.[1] ?? "";
}

export function address(of: View): string {
  return `#/${of}`;
}

export function go(to: View): void {
  location.hash = address(to);
}

export function followAddress(): void {
  window.addEventListener("hashchange", () => {
    const next = viewOf(location.hash);
    if (next !== null) {
      part.value = partOf(location.hash);
      view.value = next;
    }
    // A row inside of the view: the address stays the view's, so that a reload comes back to it.
    else history.replaceState(null, "", address(view.peek()));
  });
}
