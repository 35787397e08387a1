// One instance's work, the same in a browser's worker and in the jsc shell: every sample in turn, and what each gives.

/**
 * @param {(request: object) => Promise<object>} verify  the package's
 * @param {import("./references.mjs").Sample[]} samples
 * @param {number} turns  how often each sample is appraised
 * @param {(answer: { name: string, turn: number, wrong?: string }) => void} tell  once per appraisal
 */
export async function run(verify, samples, turns, tell) {
  const given = samples.map((sample) => ({ ...sample, bytes: Uint8Array.from(atob(sample.evidence), (c) => c.charCodeAt(0)) }));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { name, bytes, collateral, at, report } of given) {
      const answer = await text(verify, { evidence: bytes, collateral, at, collateralFrom: "witness" });
      tell({ name, turn, ...(answer === report ? {} : { wrong: answer }) });
    }
  }
}

async function text(verify, request) {
  try {
    return JSON.stringify(await verify(request));
  } catch (error) {
    return `thrown: ${error}`;
  }
}
