// The product's own wasm in instances that err: arithmetic that is wrong always, once and at random, and a memory that
// errs. Nothing genuine is refused for one slip, and nothing forged passes.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { load, packageDir } from "./support.mjs";

const { createApi, compile } = await load("core.js");

const samples = process.env.DCAP_QVL_SAMPLES;
const real = async () => {
  // A module of its own, since its instance is kept in it.
  const glue = await import(`${pathToFileURL(join(packageDir, "cloud_witness.js")).href}?${Math.random()}`);
  return { ...glue };
};
const wasm = readFileSync(join(packageDir, "cloud_witness_bg.wasm"));
const AT = 1_750_377_600;
const genuine = {
  evidence: readFileSync(join(samples, "sgx_quote")),
  collateral: readFileSync(join(samples, "sgx_quote_collateral.json")),
  at: AT,
};
/** The same with one bit of the quote's own signature (bytes 436 to 499) turned. */
const forged = { ...genuine, evidence: Uint8Array.from(genuine.evidence, (byte, at) => (at === 440 ? byte ^ 1 : byte)) };

/** Numbers that are the same in every run. */
function* random(seed) {
  let state = BigInt(seed);
  for (;;) {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    yield Number(state >> 33n);
  }
}

/** An api over the real wasm, whose `slip` may change what one call is given: a slip of arithmetic, seen from outside. */
async function slipping(slip) {
  const glue = await real();
  let calls = 0;
  const { verify } = glue;
  const api = createApi({
    ...glue,
    verify: (evidence, collateral, options) => {
      calls += 1;
      return verify(slip(evidence, calls), collateral, options);
    },
  }, compile);
  await api.init(wasm);
  return { api, calls: () => calls };
}

const flipped = (bytes, bit) => Uint8Array.from(bytes, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));

test("one slip of the arithmetic refuses nothing genuine, and the Report is the same as without (O31)", async () => {
  const steady = await slipping((evidence) => evidence);
  const expected = await steady.api.verify(genuine);
  assert.deepEqual([expected.verdict, steady.calls()], ["warning", 1]);
  const slipped = await slipping((evidence, call) => (call === 1 ? flipped(evidence, 440 * 8) : evidence));
  assert.deepEqual(await slipped.api.verify(genuine), expected);
  assert.equal(slipped.calls(), 3);
});

test("arithmetic that is always wrong in the same way refuses, as one that is right does what is forged", async () => {
  const wrong = await slipping((evidence) => flipped(evidence, 440 * 8));
  assert.equal((await wrong.api.verify(genuine)).verdict, "contraindicated");
  const right = await slipping((evidence) => evidence);
  const report = await right.api.verify(forged);
  assert.equal(report.verdict, "contraindicated");
  assert.equal(report.checks.find(({ id }) => id === "quote.signature").outcome, "fail");
});

test("arithmetic that is wrong each time in another way decides nothing (O31)", async () => {
  const { api } = await slipping((evidence, call) => flipped(evidence, (60 + call) * 8));
  const report = await api.verify(genuine);
  assert.equal(report.verdict, "none");
  assert.deepEqual([report.checks[0].code, report.checks[0].outcome], ["VERIFIER_UNSTEADY", "fail"]);
  assert.equal(report.checks.length, 17);
  assert.deepEqual([report.identity, report.quote, report.evidence], [null, null, null]);
  assert.equal(report.inputs.evidence_sha256, null);
});

test("arithmetic that is wrong at random refuses nothing genuine and passes nothing forged (O31)", async () => {
  const numbers = random(27);
  const one = () => numbers.next().value;
  // Half of all calls slip, each in a bit of its own.
  const { api } = await slipping((evidence) => (one() % 2 === 0 ? flipped(evidence, one() % (evidence.length * 8)) : evidence));
  const verdicts = { genuine: {}, forged: {} };
  for (let turn = 0; turn < 60; turn += 1) {
    for (const [name, request] of Object.entries({ genuine, forged })) {
      const { verdict } = await api.verify(request);
      verdicts[name][verdict] = (verdicts[name][verdict] ?? 0) + 1;
    }
  }
  assert.equal(verdicts.genuine.contraindicated ?? 0, 0, JSON.stringify(verdicts));
  assert.ok(verdicts.genuine.warning > 30, JSON.stringify(verdicts));
  assert.deepEqual([verdicts.forged.warning ?? 0, verdicts.forged.affirming ?? 0], [0, 0], JSON.stringify(verdicts));
});

test("a memory that errs refuses nothing genuine and passes nothing forged (O31)", async () => {
  const numbers = random(8);
  const one = () => numbers.next().value;
  // Every instance that is made, so that its memory can be reached.
  const { Instance } = WebAssembly;
  const memories = [];
  WebAssembly.Instance = new Proxy(Instance, {
    construct(target, values) {
      const made = Reflect.construct(target, values);
      memories.push(made.exports.memory);
      return made;
    },
  });
  try {
    const glue = await real();
    const wrap = (name) => (...values) => {
      const memory = new Uint8Array(memories.at(-1)?.buffer ?? new ArrayBuffer(0));
      // One bit in four calls, anywhere in what the instance has: code's tables, collateral, what is remembered.
      if (memory.length > 0 && one() % 4 === 0) memory[one() % memory.length] ^= 1 << (one() % 8);
      return glue[name](...values);
    };
    const api = createApi({ ...glue, verify: wrap("verify"), loadCollateral: wrap("loadCollateral") }, compile);
    await api.init(wasm);
    // The first instance is made by `init`, past the constructor.
    glue.__wbg_reset_state();
    const verdicts = { genuine: {}, forged: {} };
    for (let turn = 0; turn < 150; turn += 1) {
      for (const [name, request] of Object.entries({ genuine, forged })) {
        const verdict = await api.verify(request).then((report) => report.verdict, (error) => error.code);
        verdicts[name][verdict] = (verdicts[name][verdict] ?? 0) + 1;
      }
    }
    assert.equal(verdicts.genuine.contraindicated ?? 0, 0, JSON.stringify(verdicts));
    assert.deepEqual([verdicts.forged.warning ?? 0, verdicts.forged.affirming ?? 0], [0, 0], JSON.stringify(verdicts));
  } finally {
    WebAssembly.Instance = Instance;
  }
});
