// A hash as somebody noted it. The field keeps what was typed, key by key; what is meant by it is read here, when it is used.

export interface Noted {
  /** The digest alone; where there is none, what was typed, so that the verifier can say what is wrong with it. */
  sha256: string;
  /** What stood behind the digest, as `sha256sum` prints a file's name. */
  name: string | null;
}

/** Digits, together or in groups, and what stands behind them. GNU's backslash in front belongs to an escaped name. */
const LINE = /^\\?((?:[0-9a-f]\s*){63}[0-9a-f])(\s+)(\S[^]*)$/i;

export function readNoted(text: string): Noted {
  const typed = text.trim();
  const [, digits = "", between = "", behind = ""] = LINE.exec(typed) ?? [];
  // In a line of `sha256sum` two characters stand between; else more digits are a hash that is too long, not a name.
  const isLine = !/\s/.test(digits) && (between === "  " || (between === " " && /^\*\S/.test(behind)));
  const isName = digits !== "" && (isLine || /[^0-9a-f\s]/i.test(behind)) && !/[0-9a-f]{64}/i.test(behind);
  return isName ? { sha256: digits.replace(/\s/g, ""), name: behind.replace(/^\*/, "") } : { sha256: typed, name: null };
}

const DIGITS = 64;

/** What is understood so far, in words; empty where nothing was typed. */
export function notedInWords(text: string): string {
  const { sha256, name } = readNoted(text);
  const digits = [...sha256.replace(/\s/g, "")];
  const odd = digits.find((digit) => !/[0-9a-f]/i.test(digit));
  if (digits.length === 0) return "";
  if (odd !== undefined) return `“${odd}” is no hexadecimal digit.`;
  if (digits.length > DIGITS) return `${digits.length} digits: a SHA-256 has ${DIGITS}.`;
  return `${digits.length} of ${DIGITS} digits${name === null ? "" : `; “${name}” behind them is taken for the file's name`}`;
}
