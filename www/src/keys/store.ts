// This browser's own signing key (it cannot be taken out of it), and the keys that the witness knows.

import { parseKey, parseSigners, type Key, type Signer } from "cloud-witness";
import { computed, signal } from "@preact/signals";
import { kept } from "../ui/kept";
import { engine } from "../verifier/engine";
import { faultOf } from "../verifier/fault";

/** As the browser keeps it. Earlier versions kept no line; what is read of a key itself comes too late for a transaction. */
interface Stored extends CryptoKeyPair {
  line?: string;
}

export interface OwnKey extends Key {
  pair: Stored;
}

/** Null when there is none, or not yet looked for. */
export const ownKey = signal<OwnKey | null>(null);

/** Why this browser can have no key of its own. */
export const keyProblem = signal<string | null>(null);

const DATABASE = "cloud-witness";
const STORE = "keys";
const SLOT = "ceremony";

/** False until it is known whether this browser has a key: a new one must not take the place of one that is there. */
export const isLookedFor = signal(false);

export async function findKey(): Promise<void> {
  try {
    const pair = await inStore<Stored | undefined>("readonly", (store) => store.get(SLOT));
    if (pair === undefined) ownKey.value = null;
    else await use(pair);
    isLookedFor.value = true;
  } catch (thrown) {
    keyProblem.value = `This browser keeps no keys (${faultOf(thrown).message}). Sign with an SSH key instead.`;
  }
}

/** Makes a key whose private half nobody can read, this page included. */
export async function makeKey(): Promise<void> {
  try {
    const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
    const { line } = await publicOf(pair);
    // Another tab may have made one meanwhile: `add` never replaces it.
    await inStore("readwrite", (store) => store.add({ ...pair, line } satisfies Stored, SLOT)).catch((thrown: unknown) => {
      if (!(thrown instanceof DOMException && thrown.name === "ConstraintError")) throw thrown;
    });
    await findKey();
  } catch (thrown) {
    keyProblem.value = `This browser cannot make an Ed25519 key (${faultOf(thrown).message}). Sign with an SSH key instead.`;
  }
}

/** Erases the key that is shown. Where another tab has meanwhile made another one, that one stays, and is shown. */
export async function forgetKey(): Promise<void> {
  const shown = ownKey.peek();
  if (shown === null) return;
  await inStore("readwrite", (store) => {
    const getting: IDBRequest<Stored | undefined> = store.get(SLOT);
    getting.onsuccess = () => {
      if (getting.result?.line === shown.pair.line) store.delete(SLOT);
    };
    return getting;
  });
  await findKey();
}

/** The 64 bytes of an Ed25519 signature. */
export async function signWith(key: OwnKey, text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign("Ed25519", key.pair.privateKey, new TextEncoder().encode(text)));
}

async function use(pair: Stored): Promise<void> {
  ownKey.value = { pair, ...(await publicOf(pair)) };
  keyProblem.value = null;
}

async function publicOf({ publicKey }: CryptoKeyPair): Promise<Key> {
  return parseKey(await crypto.subtle.exportKey("raw", publicKey));
}

function inStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      try {
        const transaction = opening.result.transaction(STORE, mode);
        const request = act(transaction.objectStore(STORE));
        transaction.oncomplete = () => {
          opening.result.close();
          resolve(request.result as T);
        };
        // A request's error, which nothing here keeps from it, aborts too; only then does the transaction name it.
        transaction.onabort = () => reject(transaction.error);
      } catch (thrown) {
        reject(thrown);
      }
    };
  });
}

/** The list of signers that the witness trusts, as JSON text (docs/signers.md); empty for none. */
export const signersText = kept("cloud-witness.signers");

export const signers = computed<{ entries: readonly Signer[]; complaint: string | null }>(() => {
  if (signersText.value === "" || engine.value !== "ready") return { entries: [], complaint: null };
  try {
    return { entries: parseSigners(signersText.value), complaint: null };
  } catch (thrown) {
    return { entries: [], complaint: faultOf(thrown).message };
  }
});

/** A list replaces the one before: it is what another source vouches for as a whole. Throws what is wrong with it. */
export function useSigners(bytes: Uint8Array): void {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  parseSigners(text);
  signersText.value = text;
}
