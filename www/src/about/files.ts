// This site's files, as they come to this tab, against the list that the site publishes of them.

import { signal } from "@preact/signals";
import { digestOf } from "../digest";

export const ONE_FILE = "cloud-witness.html";

export interface SiteFile {
  name: string;
  listed: string;
  /** Null where the site does not serve it. */
  digest: string | null;
}

export type Listing = { files: SiteFile[] } | { refused: string } | "working" | null;

export const listing = signal<Listing>(null);

/** Made by the build, over every file of the site but itself. */
const LIST = "SHA256SUMS";
const LINE = /^([0-9a-f]{64}) {2}([\w.-]{1,100})$/;
const MOST = 100;

/** The one file's digest as the site lists it, once that was asked for. */
export const oneFileListed = signal<string | null>(null);

export async function lookUpOneFile(): Promise<void> {
  try {
    oneFileListed.value = (await fetchList()).find(({ name }) => name === ONE_FILE)?.listed ?? null;
  } catch {
    // Offline, say. The list itself is linked beside.
  }
}

export async function listFiles(): Promise<void> {
  listing.value = "working";
  try {
    listing.value = { files: await Promise.all((await fetchList()).map(fetchFile)) };
  } catch (error) {
    const reason = error instanceof TypeError ? "The site could not be reached. Connect to the network and try again." : String((error as Error).message);
    listing.value = { refused: reason };
  }
}

type Listed = Pick<SiteFile, "name" | "listed">;

async function fetchList(): Promise<Listed[]> {
  const response = await fetch(new URL(LIST, document.baseURI), { cache: "no-cache" });
  if (!response.ok) throw new Error(`The site has no ${LIST} (it answered ${response.status}).`);
  const lines = (await response.text()).split("\n").filter((line) => line !== "");
  const entries = lines.map((line) => LINE.exec(line));
  if (entries.length > MOST || entries.some((entry) => entry === null)) throw new Error(`The site's ${LIST} is not one of ours.`);
  return entries.map((entry) => ({ name: entry?.[2] ?? "", listed: entry?.[1] ?? "" }));
}

async function fetchFile({ name, listed }: Listed): Promise<SiteFile> {
  try {
    const response = await fetch(new URL(name, document.baseURI));
    return { name, listed, digest: response.ok ? await digestOf(await response.arrayBuffer()) : null };
  } catch {
    return { name, listed, digest: null };
  }
}

/** In words, for one file. */
export function comparison({ listed, digest }: SiteFile): string {
  if (digest === null) return "not served";
  return digest === listed ? "as listed" : "not as listed";
}
