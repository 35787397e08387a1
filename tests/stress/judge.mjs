// When a count is a failure.

/** A hang in WebKit is known, and no caller can mend it (docs/webkit.md); one in any other engine is new. */
const KNOWN_TO_HANG = ["webkit", "jsc"];

/**
 * @param {string} engine
 * @param {import("./measure.mjs").Count} count
 * @param {{ appraisals: number, seconds: number }} wanted
 * @returns {string[]} what is wrong with it, in sentences; none where all is well
 */
export function judge(engine, { answered, wrong, hung }, { appraisals, seconds }) {
  const failures = [];
  if (wrong.length > 0) failures.push(`${engine}: ${wrong.length} of ${answered} answers are not the ones that Node gives`);
  if (hung > 0 && !KNOWN_TO_HANG.includes(engine)) failures.push(`${engine}: ${hung} times there was no answer any more`);
  if (answered < appraisals) failures.push(`${engine}: only ${answered} of ${appraisals} answers within ${seconds} s`);
  return failures;
}
