const sample = require("./public/sample.json");

(async () => {
  const api = await import("cloud-witness");
  const { run } = await import("./shared/run.mjs");
  await api.init();
  console.log(JSON.stringify(await run(api, sample)));
})();
