// A thread of `verifyMany` in a browser.

import { init, loadCollateral, loadRegistry, verify } from "./index.js";
import { serve } from "./many.js";

const answer = serve({ init, loadCollateral, loadRegistry, verify }, (message) => self.postMessage(message));
self.addEventListener("message", ({ data }) => void answer(data));
