// The package in a worker, as a page has it: it answers once that it is ready, then once a question.

import * as api from "/pkg/index.js";
import { ask } from "/limits/ask.js";

await api.init();
self.addEventListener("message", async ({ data }) => {
  // As a file that is chosen.
  const input = await (await fetch("/input")).blob();
  const began = performance.now();
  const answer = await ask(api, data, input);
  self.postMessage({ ...answer, seconds: (performance.now() - began) / 1000 });
});
self.postMessage("ready");
