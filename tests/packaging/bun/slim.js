import { readFile } from "node:fs/promises";

import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness/slim";
import sample from "./public/sample.json" with { type: "json" };
import { run } from "./shared/run.js";

await init(await readFile(new URL(import.meta.resolve("cloud-witness/wasm"))));
console.log(JSON.stringify(await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, sample)));
