// A whole ceremony, held by keyboard alone: three participants with a browser profile each, who pass files.
//
//   CW_HARNESS   the harness's program, which opens a record in Rust
//   CW_PKG_DIR   the npm package, whose command line opens it in Node

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { vector } from "./fill-in.mjs";
import { assertQuiet, readDownload, ready, sample, serve, setUp } from "./harness.mjs";
import { entries, follow, opened, PEOPLE, SAMPLE_CEREMONY, wholeCeremony } from "./hold.mjs";

const run = promisify(execFile);
const held = setUp();

async function inFolder(body) {
  const folder = await mkdtemp(join(tmpdir(), "cloud-witness-"));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("by keyboard alone: a whole ceremony on the real sample, whose record says the same in page, Node and Rust", async () => {
  const { recorder, final, all } = await wholeCeremony(held.browser, held.site.url, sample.at, SAMPLE_CEREMONY);
  const { page, keyboard } = recorder;
  const { verdict, rows } = await opened(page);
  assert.equal(verdict, "warning");
  assert.equal(rows.quorum, "pass");
  assert.equal(rows.signatures, "pass");
  assert.equal(rows.appraisal, "pass");

  await keyboard.act("The appraisal of the evidence");
  const [download] = await Promise.all([page.waitForEvent("download"), keyboard.act("Save the Report")]);
  const fromPage = JSON.parse(await readDownload(download));
  await inFolder(async (folder) => {
    const file = join(folder, "ceremony.dsse.json");
    await writeFile(file, final);
    const cli = join(process.env.CW_PKG_DIR ?? new URL("../../pkg", import.meta.url).pathname, "cli.js");
    const fromNode = await run(process.execPath, [cli, "ceremony", "verify", file, "--json"]).catch((ended) => {
      assert.equal(ended.code, 10, ended.stderr);
      return ended;
    });
    assert.equal(JSON.stringify(JSON.parse(fromNode.stdout).report), JSON.stringify(fromPage), "page and Node");
    const fromRust = await run(process.env.CW_HARNESS ?? new URL("../../target/debug/harness", import.meta.url).pathname, ["open", file]);
    assert.equal(fromRust.stdout.trim(), JSON.stringify(fromPage), "Rust and page, byte for byte");
  });
  console.log(`key strokes: ${all.map(({ keyboard: one }) => one.strokes()).join(", ")}`);
  for (const { seen, close } of all) {
    assertQuiet(seen);
    await close();
  }
});

test("by keyboard alone: a forged ceremony with known signers ends affirming, and survives a reload at each step", async () => {
  const site = await serve(process.env.CW_FORGED_SITE_DIR);
  const { folder, request } = await vector("affirming-now");
  const file = (name) => readFile(join(folder, name));
  const { recorder, prover, second, final, all } = await wholeCeremony(held.browser, site.url, request.at, {
    challenge: request.challenge,
    evidence: await file("evidence.bin"),
    hash: request.sha256,
    collateral: await file("collateral.json"),
    reason: null,
    attesters: join(folder, "attesters.json"),
  }, async (step, { page }) => {
    const before = await entries(page);
    await page.reload();
    await ready(page);
    await page.locator(`[data-step=${step}][data-state=now]`).waitFor();
    assert.deepEqual(await entries(page), before, `nothing is lost by a reload at ${step}`);
    for (const summary of await page.locator("[data-state=now] .step-form > details:not([open]) > summary").all()) await summary.click();
  });
  assert.equal((await opened(recorder.page)).verdict, "warning", "the keys are not known yet");
  const signers = PEOPLE.map(({ project }, index) => ({ project, key: [prover, recorder, second][index].key, source: "said on the call", added_by: "me" }));
  await follow(recorder, "keys");
  await recorder.keyboard.choose("#field-signers", { name: "signers.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(signers)) });
  await recorder.page.getByText("Signers that you trust: 3 projects").waitFor();
  await follow(recorder, "record");
  await recorder.page.locator(".report > [data-verdict=affirming]").waitFor();
  const { rows } = await opened(recorder.page);
  // Nothing was added later, and a machine on a cloud's console has no evidence of colocation.
  const isNotGiven = (id) => ["addenda", "colocation"].includes(id);
  assert.ok(Object.entries(rows).every(([id, outcome]) => outcome === (isNotGiven(id) ? "not_given" : "pass")), JSON.stringify(rows));
  assert.equal(JSON.parse(final).signatures.length, 3);
  for (const { seen, close } of all) {
    assertQuiet(seen);
    await close();
  }
  await site.close();
});
