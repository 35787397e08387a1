// The counting itself, over stand-ins for the package that are wrong, or hang, where the test knows it.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

import { BROWSERS, isHere } from "../engines/index.mjs";
import { find } from "../engines/programs.mjs";
import { judge } from "./judge.mjs";
import { inBrowser, inShell } from "./measure.mjs";
import { difference, references } from "./references.mjs";

const folder = mkdtempSync(join(tmpdir(), "cloud-witness-stress-test-"));
after(() => rmSync(folder, { recursive: true }));

const samplesFolder = join(folder, "samples");
mkdirSync(samplesFolder);
writeFileSync(join(samplesFolder, "quote"), Uint8Array.from({ length: 600 }, (_, index) => index & 255));
const tcbInfo = JSON.stringify({ issueDate: "2026-01-01T00:00:00Z" });
writeFileSync(join(samplesFolder, "quote_collateral.json"), JSON.stringify({ tcb_info: tcbInfo, said: "«é»" }));

/** What a request gets: all that crossed to the engine comes back in it. */
const RIGHT = `
  const right = ({ evidence, collateral, at, collateralFrom }) => ({
    verdict: "warning",
    given: [Array.from(new Uint8Array(evidence)), collateral, at, collateralFrom],
    checks: [{ id: "quote.signature", outcome: "pass" }],
  });
  const bad = { verdict: "contraindicated", checks: [{ id: "quote.signature", outcome: "fail", code: "BAD" }] };
  let calls = 0;
`;

/** A package whose answers in an engine other than Node are `answer`, an expression; `calls` counts an instance's. */
function standIn(name, answer) {
  const pkg = join(folder, name);
  mkdirSync(pkg);
  const entry = (value) => `${RIGHT}
    export async function init() {}
    export async function verify(request) { calls += 1; return ${value}; }
  `;
  writeFileSync(join(pkg, "package.json"), '{ "type": "module" }');
  writeFileSync(join(pkg, "node.js"), entry("right(request)"));
  for (const file of ["index.js", "slim.js"]) writeFileSync(join(pkg, file), entry(answer));
  writeFileSync(join(pkg, "cloud_witness_bg.wasm"), "");
  return pkg;
}

const good = standIn("good", "right(request)");
const wrong = standIn("wrong", "calls === 2 ? bad : right(request)");
const throwing = standIn("throwing", "calls === 3 ? (() => { throw new Error('trapped'); })() : right(request)");
const hanging = standIn("hanging", "calls === 3 ? (() => { for (;;); })() : right(request)");

const jsc = find("CW_JSC", ["jsc"]);
const here = [
  ...BROWSERS.filter(isHere).map((engine) => [engine, (plan) => inBrowser(engine, plan)]),
  ...(jsc === undefined ? [] : [["jsc", (plan) => inShell(jsc, plan)]]),
];
assert.notEqual(here.length, 0, "no engine is here");

async function counted(measure, pkg, appraisals, more = {}) {
  const samples = await references(pkg, samplesFolder);
  const count = await measure({ pkg, samples, appraisals, seconds: 120, turns: 3, ...more });
  const told = count.wrong.map(({ name, turn, wrong: answer }) => [name, turn, difference(samples[0].report, answer)]);
  return { answered: count.answered, told, hung: count.hung };
}

for (const [engine, measure] of here) {
  test(`${engine}: right answers are right`, async () => {
    assert.deepEqual(await counted(measure, good, 6), { answered: 6, told: [], hung: 0 });
  });

  test(`${engine}: every wrong answer is counted, with what is wrong in it`, async () => {
    const one = ["quote", 1, "warning became contraindicated: quote.signature fail BAD"];
    assert.deepEqual(await counted(measure, wrong, 6), { answered: 6, told: [one, one], hung: 0 });
  });

  test(`${engine}: what is thrown is an answer too, and wrong`, async () => {
    const one = ["quote", 2, "thrown: Error: trapped"];
    assert.deepEqual(await counted(measure, throwing, 3), { answered: 3, told: [one], hung: 0 });
  });

  test(`${engine}: an instance that hangs is ended and counted, and its appraisals are done anew`, async () => {
    const { answered, told, hung } = await counted(measure, hanging, 4, { patience: 3000 });
    assert.deepEqual({ answered, told }, { answered: 4, told: [] });
    // On a busy computer one that only starts late is taken for hung too.
    assert.ok(hung >= 2, `${hung} hung`);
  });
}

for (const [engine, measure] of here.filter(([name]) => name !== "jsc")) {
  test(`${engine}: two workers at a time are two instances`, async () => {
    const { answered, told } = await counted(measure, wrong, 6, { workers: 2 });
    assert.deepEqual([answered, told.length], [6, 2]);
  });
}

test("a sample whose signature Node does not find good is no sample, except a damaged one, which is one byte from it", async () => {
  const pkg = standIn("refusing", "right(request)");
  writeFileSync(join(pkg, "node.js"), `${RIGHT} export async function init() {} export const verify = async () => bad;`);
  await assert.rejects(references(pkg, samplesFolder), /the signature of quote, and Node says fail BAD/);
  await assert.rejects(references(good, samplesFolder, { isDamaged: true }), /the signature of quote, and Node says pass/);
  const bytesOf = ([{ evidence }]) => Buffer.from(evidence, "base64");
  const genuine = bytesOf(await references(good, samplesFolder));
  const damaged = bytesOf(await references(pkg, samplesFolder, { isDamaged: true }));
  assert.equal(genuine.filter((byte, index) => byte !== damaged[index]).length, 1);
});

test("no samples are no answer", async () => {
  const empty = join(folder, "empty");
  mkdirSync(empty);
  await assert.rejects(references(good, empty), /no samples/);
});

test("a wrong answer is a failure everywhere, so are too few answers; a hang is one outside of WebKit", () => {
  const judged = (name, found) =>
    judge(name, { answered: 10, wrong: [], hung: 0, ...found }, { appraisals: 10, seconds: 60 }).length;
  for (const name of [...BROWSERS, "jsc"]) {
    assert.equal(judged(name, {}), 0, name);
    assert.equal(judged(name, { wrong: [{}] }), 1, name);
    assert.equal(judged(name, { answered: 9 }), 1, name);
    assert.equal(judged(name, { hung: 1 }), name === "chromium" || name === "firefox" ? 1 : 0, name);
  }
});

const [engine] = here[0];
function command(pkg, ...words) {
  return spawnSync(process.execPath, [fileURLToPath(new URL("stress.mjs", import.meta.url)), engine, ...words], {
    env: { ...process.env, CW_PKG_DIR: pkg, DCAP_QVL_SAMPLES: samplesFolder },
    encoding: "utf8",
  });
}

test("the command prints a row for one worker and one for two, and succeeds where nothing is wrong", () => {
  const { status, stdout, stderr } = command(good, "--appraisals", "12");
  assert.equal(status, 0, stderr);
  assert.match(stdout, /^\| engine \| fresh instances \| appraisals \| wrong \| hung \| seconds \|\n\|---/);
  assert.match(stdout, /\| 1 worker at a time \| 12 \| 0 \| 0 \| \d+ \|\n.*\| 2 workers at a time \| 12 \| 0 \| 0 \| \d+ \|\n$/);
});

test("the command fails where an answer is wrong", () => {
  const { status, stdout, stderr } = command(wrong, "--appraisals", "6", "--workers", "1");
  assert.equal(status, 1);
  assert.match(stdout, /\| 1 worker at a time \| 6 \| 1 \| 0 \|/);
  assert.match(stderr, /1 of 6 answers are not the ones that Node gives/);
});
