// A trust token and what it is checked with. Changing any of it takes the answer away.

import type { TokenReport, TokenRequest } from "cloud-witness";
import { batch, effect, signal } from "@preact/signals";
import { announce } from "../report/announcer";
import { nowSeconds, parseMoment } from "../time";
import { kept } from "../ui/kept";
import { background } from "../verifier/engine";
import { faultOf } from "../verifier/fault";

export interface File {
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

export const tokenText = signal("");
export const quote = signal<File | null>(null);
export const collateral = signal<File | null>(null);
/** "2025-06-20 14:03:22" in UTC; empty for now. */
export const asOf = signal("");

/** The trust server's keys.json, and another list of the alliance's keys: kept, as they are needed each time. */
export const keysText = kept("cloud-witness.token-keys");
export const allianceText = kept("cloud-witness.alliance-keys");

export type Answer =
  | { state: "checking" }
  | { state: "report"; report: TokenReport }
  | { state: "refused"; message: string };

export const answer = signal<Answer | null>(null);

let generation = 0;

effect(() => {
  // Whatever is read here is what the answer rests on.
  void [tokenText.value, quote.value, collateral.value, asOf.value, keysText.value, allianceText.value];
  generation += 1;
  answer.value = null;
});

/** Throws what is wrong with a list; the one before stays. */
export function useList(list: "keys" | "alliance", bytes: Uint8Array): Promise<void> {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  // An empty token is no token, but a list that cannot be read is named before that.
  return background("verifyToken", { token: "", [list]: text, at: nowSeconds() }).then(() => {
    (list === "keys" ? keysText : allianceText).value = text;
  });
}

export function clearToken(): void {
  batch(() => {
    tokenText.value = "";
    quote.value = null;
    collateral.value = null;
    asOf.value = "";
  });
}

export async function checkToken(): Promise<void> {
  const moment = asOf.peek().trim() === "" ? null : parseMoment(asOf.peek());
  if (tokenText.peek() === "") return void (answer.value = { state: "refused", message: "Paste the token first." });
  if (asOf.peek().trim() !== "" && moment === null) {
    return void (answer.value = { state: "refused", message: "This is no date and time. Write it as 2025-06-20 14:03:22, in UTC." });
  }
  generation += 1;
  const mine = generation;
  answer.value = { state: "checking" };
  const of = quote.peek();
  const own = collateral.peek();
  const request: TokenRequest = {
    token: tokenText.peek(),
    ...(moment === null ? { at: nowSeconds(), time: "now" as const } : { at: moment, time: "as_of" as const }),
    ...(keysText.peek() === "" ? {} : { keys: keysText.peek() }),
    ...(allianceText.peek() === "" ? {} : { alliance: allianceText.peek() }),
    ...(of === null ? {} : { quote: of.bytes }),
    ...(of === null || own === null ? {} : { collateral: own.bytes }),
  };
  const reached = await background("checkToken", request).then(
    (report): Answer => ({ state: "report", report }),
    (thrown): Answer => ({ state: "refused", message: faultOf(thrown).message }),
  );
  if (mine !== generation) return;
  answer.value = reached;
  if (reached.state === "report") announce(`The token's verdict: ${reached.report.headline}. ${reached.report.summary}`);
}
