import wasm from "cloud-witness/wasm";
import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness/slim";
import { run } from "./shared/run.js";

const sample = await (await fetch("sample.json")).json();
await init(await fetch(wasm));
const result = await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, sample);
document.documentElement.dataset.result = JSON.stringify(result);
