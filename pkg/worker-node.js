// A thread of `verifyMany` in Node.

import { parentPort } from "node:worker_threads";

import { serve } from "./many.js";
import { init, loadCollateral, loadRegistry, verify } from "./node.js";

const answer = serve({ init, loadCollateral, loadRegistry, verify }, (message) => parentPort.postMessage(message));
parentPort.on("message", (message) => void answer(message));
