// The verifier in a thread of its own, so that the page stays alive while it works.

import { init, sha256, verify } from "cloud-witness";
import { faultOf } from "./verifier/fault";
import type { Answer, Call } from "./verifier/calls";

self.addEventListener("message", ({ data }: MessageEvent<Call>) => {
  void answer(data).then((done) => self.postMessage(done));
});

async function answer({ id, ask }: Call): Promise<Answer> {
  try {
    return { id, value: await run(ask) };
  } catch (thrown) {
    return { id, fault: faultOf(thrown) };
  }
}

function run(ask: Call["ask"]): Promise<unknown> {
  switch (ask.name) {
    case "init":
      return init(ask.module);
    case "verify":
      return verify(ask.request);
    case "sha256":
      return sha256(ask.bytes);
  }
}
