// A thread of `verifyMany` in Node; its first message brings the compiled wasm.

import { parentPort } from "node:worker_threads";

import { serve } from "./many.js";
import { Collateral, init, loadRegistry, verify } from "./slim.js";

const answer = serve({ Collateral, init, loadRegistry, verify }, (message) => parentPort.postMessage(message));
parentPort.on("message", (message) => void answer(message));
