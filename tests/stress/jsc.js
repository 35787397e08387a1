// In the jsc shell: fresh instances, one after the other. A line for each answer, so that who looks on sees it go on.

import "./jsc-globals.js";

import { run } from "./turns.js";

const [instances, turns] = globalThis.arguments.map(Number);
const samples = JSON.parse(readFile("samples.json"));
const wasm = new Uint8Array(readFile("cloud_witness_bg.wasm", "binary"));

for (let instance = 0; instance < instances; instance += 1) {
  const { init, verify } = await import(`../${instance}/slim.js`);
  // Bytes of its own: a module that was compiled before brings its compiled code along.
  await init(wasm.slice());
  await run(verify, samples, turns, (answer) => print(JSON.stringify(answer)));
}
print("done");
