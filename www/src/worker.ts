// The verifier in a thread of its own, so that the page stays alive while it works.

import { BEGUN, calls, type Call } from "./verifier/calls";
import { faultOf } from "./verifier/fault";

/** One call after the other, in the order in which they came: so the page knows which one it waits for. */
let last: Promise<void> = Promise.resolve();

self.addEventListener("message", ({ data }: MessageEvent<Call>) => {
  last = last.then(async () => self.postMessage(await answer(data)));
});

// Where the engine cannot hand something over, nobody would answer: thrown here, the page hears of it.
self.addEventListener("messageerror", () => {
  throw new Error("a call could not be read");
});

// Until this is heard, the script may still be on its way.
self.postMessage({ id: BEGUN, value: null });

async function answer({ id, name, values }: Call) {
  try {
    const called = calls[name] as (...values: unknown[]) => Promise<unknown>;
    return { id, value: await called(...values) };
  } catch (thrown) {
    return { id, fault: faultOf(thrown) };
  }
}
