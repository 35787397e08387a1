import type { TokenCheckId } from "cloud-witness";

/** What each row asks; "pass" always means yes. */
export const TOKEN_QUESTIONS: Readonly<Record<TokenCheckId, string>> = {
  "token.format": "Is it one signed token, in the one text that it can have?",
  "token.key": "Do you know the key, and is it of the right kind?",
  "token.signature": "Did that key sign it?",
  "token.claims": "Does it say what a trust server says?",
  "token.time": "Do its times fit?",
  "token.lacks": "Does it say how long it is good, for whom, and how up to date the machine is?",
  "quote.hash": "Is it about the quote that you have?",
  "quote.appraisal": "Is that quote genuine?",
  machine: "Did the machine that it names make that quote?",
};

export const SCHEMES = {
  ppid: "the PPID",
  sgx_extensions_sha256: "SHA-256 of the SGX extensions, as servers wrote it until January 2026",
  charter: "the charter's key",
  amd_chip_id: "an AMD processor's chip ID",
} as const;
