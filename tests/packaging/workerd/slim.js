import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness/slim";
import wasm from "cloud-witness/wasm";
import { run } from "./shared/run.js";

export default {
  async fetch(request) {
    await init(wasm);
    return Response.json(await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, await request.json()));
  },
};
