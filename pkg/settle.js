// What comes out bad is asked again: an answer against somebody must not hang on one run of one machine's arithmetic.
//
// A browser's engine was seen to compute wrongly once in some 600 appraisals (docs/webkit.md): a good signature reported
// bad. The verdict is a pure function, so its answers can be compared. No verdict is made here.

/** How often one thing is asked at most. */
export const MOST_TIMES = 5;

/**
 * What came of asking once: the wasm's text with what was read from it, what the wasm refused on purpose, or why its
 * instance cannot be used any more.
 * @typedef {{ text: string, value: unknown }} Said
 * @typedef {Said | { refusal: Error & { code: string } } | { trap: unknown }} Answer
 */

// A quotation mark inside a text is written \" in JSON, so none of these can be somebody's words.
const AGAINST_EVIDENCE = ['"outcome":"fail"', '"verdict":"none"'];
// Of these, a signature that is bad can also be a reservation, or leave something empty.
const AGAINST_ANYTHING = [...AGAINST_EVIDENCE, '"verdict":"contraindicated"', '"outcome":"warn"', '"record":null'];

const saysOneOf = (words) => (answer) =>
  answer.text === undefined || answer.text === "null" || words.some((word) => answer.text.includes(word));

/** A Report that refuses or decides nothing; a refusal; a trap. */
export const isBadReport = saysOneOf(AGAINST_EVIDENCE);

/** The same of everything else that rests on signatures. */
export const isBad = saysOneOf(AGAINST_ANYTHING);

/** A trap alone: for what only reads what is being typed, and rests on no signature. */
export const isTrap = (answer) => "trap" in answer;

/**
 * The first answer where it is good; else what two answers in a row agree on, each by an instance that remembers nothing
 * of the one before. Undefined when no two agree.
 * @param {() => Answer} ask
 * @param {() => void} renew  throws the instance away, so that the next answer comes from a new one
 * @param {(answer: Answer) => boolean} isBad
 * @returns {Answer | undefined}
 */
export function settle(ask, renew, isBad) {
  let last = ask();
  if (!isBad(last)) return last;
  for (let times = 1; times < MOST_TIMES; times += 1) {
    renew();
    const next = ask();
    if (isSame(last, next)) return next;
    last = next;
  }
  return undefined;
}

/** Byte for byte; of traps, that there was one: engines put it in their own words. */
function isSame(one, other) {
  if ("trap" in one || "trap" in other) return "trap" in one && "trap" in other;
  if ("refusal" in one || "refusal" in other) {
    return ["code", "message", "argument"].every((fact) => one.refusal?.[fact] === other.refusal?.[fact]);
  }
  return one.text === other.text;
}
