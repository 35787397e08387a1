const { readFileSync } = require("node:fs");

const api = require("cloud-witness/slim");
const sample = require("./public/sample.json");

(async () => {
  const { run } = await import("./shared/run.mjs");
  await api.init(readFileSync(require.resolve("cloud-witness/wasm")));
  console.log(JSON.stringify(await run(api, sample)));
})();
