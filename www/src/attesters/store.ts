// The witness's list of attester builds: kept in this browser, as the very text that is verified with and exported.

import { parseAttesters, type AttesterBuild } from "cloud-witness";
import { computed, signal } from "@preact/signals";
import { kept } from "../ui/kept";
import { engine } from "../verifier/engine";
import { faultOf } from "../verifier/fault";

/** The list's JSON text (docs/attesters.md); empty for no list. */
export const listText = kept("cloud-witness.attesters");

/** What the last change replaced. */
export const earlierText = signal<string | null>(null);

export interface List {
  builds: readonly AttesterBuild[];
  /** What is wrong with a text that was kept; the text itself stays as it is. */
  complaint: string | null;
}

export const list = computed<List>(() => {
  if (listText.value === "" || engine.value !== "ready") return { builds: [], complaint: null };
  try {
    return { builds: parseAttesters(listText.value), complaint: null };
  } catch (thrown) {
    return { builds: [], complaint: faultOf(thrown).message };
  }
});

/** Adds one build. Returns what is wrong with it, or null. */
export function addBuild(build: AttesterBuild): string | null {
  return replaceBuilds([...list.peek().builds, build]);
}

export function removeBuild(mrEnclave: string): void {
  replaceBuilds(list.peek().builds.filter((build) => build.mr_enclave !== mrEnclave));
}

export function removeAll(): void {
  replace("");
}

export function undoList(): void {
  const earlier = earlierText.peek();
  if (earlier === null) return;
  replace(earlier);
  earlierText.value = null;
}

/** Adds what is new in another list; an entry that is here already stays as it is. Says what happened. */
export function importList(text: string): { done: string } | { refused: string } {
  let others: AttesterBuild[];
  try {
    others = parseAttesters(text);
  } catch (thrown) {
    return { refused: faultOf(thrown).message };
  }
  const mine = new Map(list.peek().builds.map((build) => [build.mr_enclave, build]));
  const added = others.filter(({ mr_enclave }) => !mine.has(mr_enclave));
  const differing = others.filter((other) => {
    const own = mine.get(other.mr_enclave);
    return own !== undefined && JSON.stringify(own) !== JSON.stringify(other);
  });
  const refused = added.length === 0 ? null : replaceBuilds([...mine.values(), ...added]);
  if (refused !== null) return { refused };
  return { done: `${counted(added.length)} added; ${others.length - added.length} known already${
    differing.length === 0 ? "" : `, of them ${differing.length} with another image, source or name, for which your own entry stays`
  }.` };
}

export function counted(builds: number): string {
  return builds === 1 ? "1 build" : `${builds} builds`;
}

function replaceBuilds(builds: readonly AttesterBuild[]): string | null {
  const text = builds.length === 0 ? "" : `${JSON.stringify(builds, null, 2)}\n`;
  if (text !== "") {
    try {
      parseAttesters(text);
    } catch (thrown) {
      return faultOf(thrown).message;
    }
  }
  replace(text);
  return null;
}

function replace(text: string): void {
  earlierText.value = listText.peek();
  listText.value = text;
}
