import { Collateral, init, generateChallenge, verifierInfo, verify, verifyMany } from "cloud-witness";
import { run } from "../../shared/run.js";

export async function POST(request) {
  await init();
  return Response.json(await run({ Collateral, generateChallenge, verifierInfo, verify, verifyMany }, await request.json()));
}
