// A thread of `verifyMany` in a browser; its first message brings the compiled wasm.

import * as glue from "./cloud_witness.js";
import { compile, createApi } from "./core.js";
import { serve } from "./many.js";

const answer = serve(createApi(glue, compile), (message) => self.postMessage(message));
self.addEventListener("message", ({ data }) => void answer(data));
