// What comes out bad is asked again, until two answers in a row are the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import { emptyWasm, fakeGlue, load } from "./support.mjs";

const { createApi, compile } = await load("core.js");
const { MOST_TIMES } = await load("settle.js");
const loadEmpty = (source) => compile(source ?? emptyWasm);

const GOOD = '{"verdict":"warning","checks":[{"outcome":"pass"}]}';
const REFUSED = '{"verdict":"contraindicated","checks":[{"outcome":"fail"}]}';
const UNDECIDED = '{"verdict":"none","checks":[{"outcome":"not_reached"}]}';
const trap = () => { throw new WebAssembly.RuntimeError("unreachable"); };

/** An api whose function of this name gives these answers in turn; the last one for ever. */
async function answering(answers, name = "verify") {
  let asked = 0;
  const next = () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return typeof answer === "function" ? answer() : answer;
  };
  const { glue, called } = fakeGlue({ [name]: next });
  const api = createApi(glue, loadEmpty);
  await api.init();
  return { api, called, times: () => asked, renewed: () => called("__wbg_reset_state").length };
}

test("a good answer is asked once, and its instance stays", async () => {
  const { api, times, renewed } = await answering([GOOD]);
  assert.equal((await api.verify({ evidence: "x" })).verdict, "warning");
  assert.deepEqual([times(), renewed()], [1, 0]);
});

test("a refusal that a second instance does not repeat is none", async () => {
  for (const slip of [REFUSED, UNDECIDED, trap]) {
    const { api, times, renewed } = await answering([slip, GOOD]);
    assert.equal((await api.verify({ evidence: "x" })).verdict, "warning");
    // The good one is not believed either before it was said twice.
    assert.deepEqual([times(), renewed()], [3, 2]);
  }
});

test("a refusal that a second instance repeats byte for byte stands", async () => {
  const { api, times, renewed } = await answering([REFUSED]);
  assert.equal((await api.verify({ evidence: "x" })).verdict, "contraindicated");
  assert.deepEqual([times(), renewed()], [2, 1]);
});

test("two refusals for different reasons are not the same", async () => {
  const other = REFUSED.replace('"fail"', '"fail","code":"X"');
  const { api, times } = await answering([REFUSED, other, GOOD]);
  assert.equal((await api.verify({ evidence: "x" })).verdict, "warning");
  assert.equal(times(), 4);
});

test("answers of which no two in a row are the same decide nothing, with a code of their own", async () => {
  const answers = Array.from({ length: 9 }, (_, number) => REFUSED.replace('"fail"', `"fail","code":"${number}"`));
  const { api, called, times, renewed } = await answering(answers);
  const report = await api.verify({ evidence: "x", challenge: "00", at: 7 });
  assert.equal(report.verdict, "none");
  assert.deepEqual([times(), called("unsteady").length], [MOST_TIMES, 1]);
  assert.deepEqual(called("unsteady")[0].values, called("verify")[0].values);
  assert.equal(renewed(), MOST_TIMES - 1);
});

test("what the wasm refuses is asked again too, wherever it rests on a signature", async () => {
  const refusal = (code) => () => { throw Object.assign(new Error(code), { code }); };
  const asks = {
    addSignature: (api) => api.addSignature("file", { ssh: "x" }),
    addAddendum: (api) => api.addAddendum("file", "payload", { ssh: "x" }),
    mergeCeremonies: (api) => api.mergeCeremonies("a", "b"),
    mixChallenge: async (api) => api.mixChallenge("{}"),
    recordCeremony: (api) => api.recordCeremony({ entered: {}, evidence: "x", collateral: "x" }),
    openCeremony: (api) => api.openCeremony("file"),
    verifyToken: (api) => api.verifyToken({ token: "x" }),
    checkColocation: (api) => api.checkColocation({ items: [] }),
    enrol: (api) => api.enrol("record", { known: "", author: { name: "a", email: "b" }, at: 1 }),
    checkEnrolment: (api) => api.checkEnrolment({ patch: "x" }),
    loadRegistry: (api) => api.loadRegistry("x"),
    loadCollateral: (api) => api.Collateral.load("x"),
  };
  for (const [name, ask] of Object.entries(asks)) {
    const good = name.startsWith("load") ? '{"id":0,"view":{}}' : '{"good":true}';
    const once = await answering([refusal("SLIP"), good], name);
    await ask(once.api);
    assert.equal(once.times(), 3, name);

    const always = await answering([refusal("NO")], name);
    await assert.rejects(ask(always.api), { code: "NO" }, name);
    assert.equal(always.times(), 2, name);

    let number = 0;
    const never = await answering([() => { number += 1; return refusal(`NO_${number}`)(); }], name);
    await assert.rejects(ask(never.api), { code: "VERIFIER_UNSTEADY", message: /no two answers.*computes wrongly/ }, name);
    assert.equal(never.times(), MOST_TIMES, name);
  }
});

test("a report with a reservation, an empty record or no answer is asked again where signatures of people count", async () => {
  for (const [name, bad, ask] of [
    ["openCeremony", '{"verdict":"warning","checks":[{"outcome":"warn"}]}', (api) => api.openCeremony("file")],
    ["verifyToken", '{"verdict":"contraindicated"}', (api) => api.verifyToken({ token: "x" })],
    ["recordCeremony", '{"record":null}', (api) => api.recordCeremony({ entered: {}, evidence: "x", collateral: "x" })],
  ]) {
    const { api, times } = await answering([bad, '{"verdict":"affirming"}'], name);
    assert.deepEqual(await ask(api), { verdict: "affirming" }, name);
    assert.equal(times(), 3, name);
  }
});

test("what a second answer rests on is read anew: a bundle and a list that a slip damaged", async () => {
  let loads = 0;
  const { glue } = fakeGlue({
    loadCollateral: () => { loads += 1; return `{"id":${loads},"view":{}}`; },
    // The first reading of the bundle was wrong, in a way that nobody saw.
    verify: (evidence, collateral, { bundle }) => (bundle === 1 ? REFUSED : GOOD),
  });
  const api = createApi(glue, loadEmpty);
  await api.init();
  const collateral = await api.Collateral.load("bundle");
  assert.equal((await api.verify({ evidence: "x", collateral })).verdict, "warning");
  assert.equal(loads, 3);
});

test("words inside a text are no outcome", async () => {
  const words = JSON.stringify({ verdict: "warning", checks: [{ outcome: "pass", detail: '"outcome":"fail","verdict":"none"' }] });
  const { api, times } = await answering([words]);
  await api.verify({ evidence: "x" });
  assert.equal(times(), 1);
});
