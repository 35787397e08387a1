import { init, loadCollateral, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness";
import { run } from "./shared/run.js";

export default {
  async fetch(request) {
    await init();
    return Response.json(await run({ loadCollateral, generateChallenge, verifierInfo, verify, verifyMany }, await request.json()));
  },
};
