import wasm from "cloud-witness/wasm?url";
import { init, loadCollateral, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness/slim";
import { run } from "./shared/run.js";

const sample = await (await fetch("sample.json")).json();
await init(await fetch(wasm));
const result = await run({ loadCollateral, generateChallenge, verifierInfo, verify, verifyMany }, sample);
document.documentElement.dataset.result = JSON.stringify(result);
