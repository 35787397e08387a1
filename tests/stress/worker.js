// A fresh instance, as a user has one: it compiles the package's wasm by itself, and appraises.

import { init, verify } from "/pkg/index.js";
import { run } from "/stress/turns.js";

self.addEventListener("message", async ({ data: { samples, turns } }) => {
  await init();
  await run(verify, samples, turns, (answer) => self.postMessage(answer));
  self.postMessage("done");
});
