// The verifier in a thread of its own, so that the page stays alive while it works.

import { calls, type Call } from "./verifier/calls";
import { faultOf } from "./verifier/fault";

self.addEventListener("message", ({ data }: MessageEvent<Call>) => {
  void answer(data).then((done) => self.postMessage(done));
});

async function answer({ id, name, values }: Call) {
  try {
    const called = calls[name] as (...values: unknown[]) => Promise<unknown>;
    return { id, value: await called(...values) };
  } catch (thrown) {
    return { id, fault: faultOf(thrown) };
  }
}
