// Counts wrong sums: jsc -m count.mjs -- FILE.wasm LOCALS MODULES
//
// Each module is compiled from nothing. The same in Node, for comparison: node count.mjs FILE.wasm LOCALS MODULES

const isNode = typeof process === "object";
const [file, ...numbers] = isNode ? process.argv.slice(2) : globalThis.arguments;
const [locals, modules] = numbers.map(Number);
const bytes = isNode ? (await import("node:fs")).readFileSync(file) : new Uint8Array(readFile(file, "binary"));
const say = isNode ? console.log : print;

/** In each call of `f` so many functions are called for the first time. */
const [FUNCTIONS, A_CALL] = [1000, 20];
const right = BigInt((locals * (locals + 1)) / 2);
let calls = 0;
let wrong = 0;
let wrongModules = 0;
for (let module = 0; module < modules; module += 1) {
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes.slice())).exports;
  const before = wrong;
  for (let first = 0; first < FUNCTIONS; first += A_CALL) {
    calls += 1;
    if (f(first * 1000, (first + A_CALL) * 1000) !== right) wrong += 1;
  }
  if (wrong > before) wrongModules += 1;
}
say(`${locals} locals: ${wrong} wrong of ${calls} calls, in ${wrongModules} of ${modules} modules`);
