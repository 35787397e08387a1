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
