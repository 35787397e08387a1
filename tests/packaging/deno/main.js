import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness";
import sample from "./public/sample.json" with { type: "json" };
import { run } from "./shared/run.js";

await init();
console.log(JSON.stringify(await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, sample)));
