import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness/slim";
import { run } from "./shared/run.js";

const sample = await (await fetch("sample.json")).json();
await init(await fetch("node_modules/cloud-witness/cloud_witness_bg.wasm"));
const result = await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, sample);
document.documentElement.dataset.result = JSON.stringify(result);
