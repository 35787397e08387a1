const api = require("cloud-witness");
const sample = require("./public/sample.json");

(async () => {
  const { run } = await import("./shared/run.mjs");
  await api.init();
  console.log(JSON.stringify(await run(api, sample)));
})();
