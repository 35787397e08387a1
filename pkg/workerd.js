// Workers of Cloudflare's kind, which compile no bytes: what deploys them hands over the compiled file.

import packaged from "./cloud_witness_bg.wasm";

import { init as start } from "./slim.js";

export * from "./slim.js";
export const init = (source = packaged) => start(source);
