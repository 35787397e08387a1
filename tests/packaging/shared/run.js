// What every consumer does with the package that it imported its own way: the sample's verdict, by `verify` and by
// `verifyMany`; a bundle, a wrong argument, a challenge. All of it plain JSON.

export async function run({ verify, verifyMany, Collateral, generateChallenge, verifierInfo }, sample) {
  const request = {
    evidence: Uint8Array.from(sample.quote.match(/../g), (digits) => Number.parseInt(digits, 16)),
    collateral: sample.collateral,
    collateralFrom: "witness",
    challenge: sample.challenge,
    at: sample.at,
  };
  const report = await verify(request);
  const many = [];
  for await (const { index, report: one, error } of verifyMany([request, request, { evidence: 5 }])) {
    many[index] = one === undefined ? error.code : JSON.stringify(one);
  }
  const refused = async (call) => {
    try {
      await call();
      return "not refused";
    } catch ({ name, code, argument }) {
      return [name, code, argument].join(" ");
    }
  };
  return {
    verdict: report.verdict,
    ppid: report.identity?.ppid,
    report: JSON.stringify(report),
    many,
    refused: [
      await refused(() => verify({ ...request, at: BigInt(sample.at) })),
      await refused(() => Collateral.load("{}")),
    ],
    challenge: generateChallenge().groups.join(""),
    version: verifierInfo().version,
  };
}
