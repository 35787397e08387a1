// What must not compile: each line below such a remark is an error, and a remark without one is an error as well.

import { Collateral, generateChallenge, parseAttesterOutput, sha256, verify, verifyMany, type Check, type Report } from "cloud-witness";
import { init as slim } from "cloud-witness/slim";

declare const report: Report;
declare const check: Check;

// @ts-expect-error: evidence is needed
await verify({});
// @ts-expect-error: a time is a number, never a BigInt
await verify({ evidence: "", at: 1n });
// @ts-expect-error: nor a Date
await verify({ evidence: "", at: new Date() });
// @ts-expect-error: bytes are a Uint8Array, not a plain array
await verify({ evidence: [3, 0] });
// @ts-expect-error: misspelt
await verify({ evidence: "", chalenge: "00" });
// @ts-expect-error: a closed list of sources
await verify({ evidence: "", collateralFrom: "me" });
// @ts-expect-error: collateral as text, never parsed
await verify({ evidence: "", collateral: { tcb_info: "" } });
// @ts-expect-error: a copy of a bundle's view stands for no bundle: it lacks its fields
await verify({ evidence: "", collateral: { schema: 1 } });
// @ts-expect-error: not a verdict
if (report.verdict === "ok") throw new Error();
// @ts-expect-error: not an outcome
if (check.outcome === "passed") throw new Error();
// @ts-expect-error: not a code
if (check.code === "QUOTE_TO_SHORT") throw new Error();
// @ts-expect-error: an identity may be lacking
report.identity.ppid.slice();
// @ts-expect-error: what is shown of a bundle is read only
(await Collateral.load("")).fetched_at = 0;
// @ts-expect-error: a number of bytes
generateChallenge("32");
// @ts-expect-error: no number
await sha256(5);
// @ts-expect-error: none of the attester's formats
if ((await parseAttesterOutput("")).generation === "2025-10-28") throw new Error();
// @ts-expect-error: not iterable
verifyMany({ evidence: "" });
// @ts-expect-error: one answer has a Report or an error, so look first
for await (const answer of verifyMany([])) answer.report.verdict;
// @ts-expect-error: a number of threads
verifyMany([], { workers: "all" });
// @ts-expect-error: slim has no wasm of its own
await slim();
// (What else is no wasm, only the package refuses: TypeScript's own `WebAssembly.Module` has no members, so all fits it.)
