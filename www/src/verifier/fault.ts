export interface Fault {
  code: string;
  message: string;
}

/** What the package threw, as plain data. Whatever has no code of its own is our bug. */
export function faultOf(thrown: unknown): Fault {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  return { code: typeof code === "string" ? code : "BUG", message };
}

/** A fault that came over from the worker, as what it was there. */
export function asError({ code, message }: Fault): Error {
  return Object.assign(new Error(message), { code });
}

/** Why a call got no answer: none came in this time, the worker ended by itself, or the browser started no other one. */
export type Silence = { kind: "no answer"; seconds: number } | { kind: "ended" } | { kind: "not started" };

/** No answer came, of any kind: neither a Report nor what is wrong with what was given. */
export class Unanswered extends Error {
  readonly code = "NO_ANSWER";

  constructor(silence: Silence, keepsNothing: boolean) {
    super(`${inWords(silence)} Nothing was decided, and nothing that you entered was changed. Try again: that starts a fresh thread. `
      + `If it happens again, reload the page, ${keepsNothing ? "which loses what was entered and not saved, as this browser keeps nothing" : "which empties the form under Check"}, or use another browser.`);
  }
}

export function isUnanswered(thrown: unknown): boolean {
  return faultOf(thrown).code === "NO_ANSWER";
}

function inWords(silence: Silence): string {
  switch (silence.kind) {
    case "no answer":
      return `The verifier gave no answer within ${silence.seconds} seconds, twice, the second time in a fresh thread.`;
    case "ended":
      return "The verifier's thread ended before it answered, twice.";
    case "not started":
      return "The verifier's thread ended before it answered, and the browser started no other one.";
  }
}
