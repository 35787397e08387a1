import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness";
import { run } from "./shared/run.js";

const sample = await (await fetch("sample.json")).json();
await init();
const result = await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, sample);
document.documentElement.dataset.result = JSON.stringify(result);
