// A thread of `verifyMany` in a browser; its first message brings the compiled wasm.

import { serve } from "./many.js";
import { Collateral, init, loadRegistry, verify } from "./slim.js";

const answer = serve({ Collateral, init, loadRegistry, verify }, (message) => self.postMessage(message));
self.addEventListener("message", ({ data }) => void answer(data));
