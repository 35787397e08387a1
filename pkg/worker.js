// A thread of `verifyMany` in a browser; its first message brings the compiled wasm.

import { serve } from "./many.js";
import { init, loadCollateral, loadRegistry, verify } from "./slim.js";

const answer = serve({ init, loadCollateral, loadRegistry, verify }, (message) => self.postMessage(message));
self.addEventListener("message", ({ data }) => void answer(data));
