// A thread of `verifyMany` in Node; its first message brings the compiled wasm.

import { parentPort } from "node:worker_threads";

import * as glue from "./cloud_witness.js";
import { compile, createApi } from "./core.js";
import { serve } from "./many.js";

const answer = serve(createApi(glue, compile), (message) => parentPort.postMessage(message));
parentPort.on("message", (message) => void answer(message));
