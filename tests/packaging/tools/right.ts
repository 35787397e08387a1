// What must compile, in every way that TypeScript resolves a package. The types of results are asserted to be what they say.

import {
  Collateral, decodeEvidence, generateChallenge, init, loadRegistry, openCeremony, parseAttesterOutput, verifierInfo, verify, verifyMany,
  type AttesterOutput, type CeremonyReport, type Check, type Code, type CollateralBundle, type ConfigurationError, type ErrorCode, type InvalidArgument,
  type ManyAnswer, type Outcome, type Report, type Verdict, type VerifyRequest,
} from "cloud-witness";
import { init as slim, verify as slimVerify } from "cloud-witness/slim";
import wasm from "cloud-witness/wasm";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Same<A, B>): void => {};

/** Only what JSON has: no BigInt, no class, no function, no undefined. What may be left out is JSON as well. */
type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type JsonSafe<T> = unknown extends T ? true
  : T extends string | number | boolean | null ? true
  : T extends bigint | symbol | undefined | ((...values: never[]) => unknown) ? false
  : T extends readonly (infer Item)[] ? JsonSafe<Item>
  : T extends object ? { [Key in keyof T]-?: JsonSafe<Required<T>[Key]> }[keyof T] : false;

same<JsonSafe<Report>, true>(true);
same<JsonSafe<CeremonyReport>, true>(true);
same<JsonSafe<CollateralBundle>, true>(true);
same<JsonSafe<AttesterOutput>, true>(true);
same<JsonSafe<ReturnType<typeof generateChallenge>>, true>(true);
same<JsonSafe<{ at: bigint }>, false>(true);
same<JsonSafe<{ at?: Date; or: [() => void] }>, false>(true);
const json: Json = null;
void json;

await init();
await init(new Uint8Array());
await init("https://example.org/x.wasm");
await init(await fetch("x.wasm"));
await slim(wasm);
await slim(new ArrayBuffer(8));

const request: VerifyRequest = { evidence: new Blob([]), collateral: "{}", collateralFrom: "site", at: 1, time: "as_of" };
const report = await verify(request);
same<typeof report, Report>(true);
same<typeof slimVerify, typeof verify>(true);
same<Report["verdict"], Verdict>(true);
same<Check["outcome"], Outcome>(true);

// Every verdict is answered: a new one would stop this from compiling.
function lamp(verdict: Verdict): string {
  switch (verdict) {
    case "affirming": return "green";
    case "warning": return "amber";
    case "contraindicated": return "red";
    case "none": return "grey";
  }
}
lamp(report.verdict);

// One or the other, by one look.
function headline(answer: ManyAnswer): string {
  return answer.error === undefined ? answer.report.headline : answer.error.code;
}
const given: AsyncIterable<VerifyRequest> = (async function* () { yield request; })();
for await (const answer of verifyMany(given, { signal: AbortSignal.timeout(1), workers: 2, lanes: [verify] })) headline(answer);

const read = await decodeEvidence("");
const how: string | undefined = read.decoded ? read.evidence.description : read.checks[0]?.advice ?? undefined;
void how;

const { generation, lines } = await parseAttesterOutput(new Blob([]));
const day: "2025-10-27" | "2025-12-04" | "2025-12-14" | "2026-02-15" | null = generation;
const printed: string[] = lines.map(({ number, text }) => `${number.toFixed()} ${text}`);
void [day, printed];

const bundle = await Collateral.load(new ArrayBuffer(1));
await verify({ evidence: "", collateral: bundle });
const text: string | null = await Collateral.select(bundle, "");
void text;
const opened = await openCeremony("{}", { collateral: bundle, now: 1, registry: [new Uint8Array()], revoked: await loadRegistry("") });
same<typeof opened, CeremonyReport>(true);
const code: Code | null | undefined = report.checks[0]?.code;
const thrown: ErrorCode = code ?? verifierInfo().name === "cloud-witness" ? "BUG" : "NOT_INITIALISED";
void thrown;

try {
  await verify(request);
} catch (error) {
  const { argument } = error as InvalidArgument;
  const { code: why } = error as ConfigurationError;
  if (why === "BUG") console.error(argument);
}
