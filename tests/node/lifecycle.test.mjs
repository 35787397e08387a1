// O3: loading the wasm, and what happens after it trapped.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { emptyWasm, fakeGlue, load } from "./support.mjs";

const { createApi, compile } = await load("core.js");
const loadEmpty = (source) => compile(source ?? emptyWasm);

const trap = () => { throw new WebAssembly.RuntimeError("unreachable"); };

test("before init every function says that init is lacking", async () => {
  const { glue, calls } = fakeGlue();
  const api = createApi(glue, loadEmpty);
  const lacking = { code: "NOT_INITIALISED", message: /call init\(\)/ };
  await assert.rejects(api.verify({ evidence: "x" }), lacking);
  await assert.rejects(api.sha256("x"), lacking);
  await assert.rejects(api.parseAttesterOutput("x"), lacking);
  assert.throws(() => api.generateChallenge(), lacking);
  assert.throws(() => api.parseChallenge("00"), lacking);
  assert.throws(() => api.parsePolicy("strict"), lacking);
  assert.throws(() => api.parseAttesters("[]"), lacking);
  assert.throws(() => api.verifierInfo(), lacking);
  assert.deepEqual(calls, []);
});

test("init loads once, also when called at the same time", async () => {
  const { glue, called } = fakeGlue();
  let loads = 0;
  const api = createApi(glue, (source) => { loads += 1; return loadEmpty(source); });
  await Promise.all([api.init(), api.init()]);
  await api.init();
  assert.equal(loads, 1);
  assert.equal(called("default").length, 1);
  assert.ok(called("default")[0].values[0].module_or_path instanceof WebAssembly.Module);
});

test("a load that failed can be tried again", async () => {
  const { glue } = fakeGlue();
  let offline = true;
  const api = createApi(glue, async (source) => {
    if (offline) throw new Error("offline");
    return loadEmpty(source);
  });
  await assert.rejects(Promise.all([api.init(), api.init()]), /offline/);
  assert.throws(() => api.verifierInfo(), { code: "NOT_INITIALISED" });
  offline = false;
  await api.init();
  assert.equal(api.verifierInfo().name, "cloud-witness");
});

test("a load that fails says why, with a code and the cause, and names the way out", async () => {
  const { glue } = fakeGlue();
  const api = createApi(glue, (source) => compile(source));
  const notWasm = new Uint8Array([1, 2, 3, 4]);
  await assert.rejects(api.init(notWasm), (error) => {
    assert.equal(error.code, "WASM_NOT_LOADED");
    assert.ok(error.cause instanceof WebAssembly.CompileError);
    assert.match(error.message, /'wasm-unsafe-eval'.*cloud-witness\/slim/);
    return true;
  });
  await assert.rejects(api.init(5), { code: "INVALID_ARGUMENT", argument: "source" });
});

test("what one entry brings is used for a load that it asks for, and for the threads after it", async () => {
  const { glue } = fakeGlue();
  const api = createApi(glue, () => assert.fail("the wasm of another entry was asked for"));
  const started = [];
  const threads = { cores: () => 1, start: () => { started.push(1); throw new Error("none"); } };
  await api.init(undefined, { load: loadEmpty, threads });
  for await (const { report } of api.verifyMany([{ evidence: "x" }])) assert.equal(report.verdict, "warning");
  assert.equal(started.length, 1);
});

test("slim takes the wasm from the caller alone", async () => {
  const slim = await load("slim.js");
  for (const nothing of [undefined, "https://example.org/x.wasm", new URL("file:///x.wasm")]) {
    await assert.rejects(slim.init(nothing), { name: "TypeError", code: "INVALID_ARGUMENT", argument: "source" });
  }
});

test("init takes bytes, a module and a response", async () => {
  const module = await WebAssembly.compile(emptyWasm);
  const response = () => new Response(emptyWasm, { headers: { "content-type": "text/plain" } });
  for (const source of [emptyWasm, emptyWasm.buffer, new Blob([emptyWasm]), module, response()]) {
    const api = createApi(fakeGlue().glue, loadEmpty);
    await api.init(source);
    assert.equal(api.verifierInfo().name, "cloud-witness");
  }
  const missing = createApi(fakeGlue().glue, loadEmpty);
  await assert.rejects(missing.init(new Response("no", { status: 404 })), /404/);
});

test("a trap is a bug, and no report comes from it (O3)", async () => {
  const { glue } = fakeGlue({ verify: trap });
  const api = createApi(glue, loadEmpty);
  await api.init();
  await assert.rejects(api.verify({ evidence: "x" }), (error) => {
    assert.equal(error.code, "BUG");
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    return true;
  });
});

test("after a trap the same is asked of a new instance, made once (O3)", async () => {
  const answers = [trap, () => '{"verdict":"warning"}'];
  const { glue, calls } = fakeGlue({ verify: () => (answers.length > 1 ? answers.shift() : answers[0])() });
  const api = createApi(glue, loadEmpty);
  await api.init();
  assert.equal((await api.verify({ evidence: "x" })).verdict, "warning");
  api.verifierInfo();
  assert.deepEqual(
    calls.map((call) => call.name),
    // The answer after a trap is confirmed by a further instance.
    ["default", "verify", "__wbg_reset_state", "verify", "__wbg_reset_state", "verify", "verifierInfo"],
  );
});

test("when the new instance cannot be made, that is a bug, and it is tried again", async () => {
  let isFull = true;
  const { glue, called } = fakeGlue({
    verifierInfo: trap,
    __wbg_reset_state: () => { if (isFull) throw new RangeError("out of memory"); },
  });
  const api = createApi(glue, loadEmpty);
  await api.init();
  assert.throws(() => api.verifierInfo(), { code: "BUG" });
  assert.throws(() => api.generateChallenge(), { code: "BUG" });
  assert.equal(called("generateChallenge").length, 0, "the trapped instance was used again");
  isFull = false;
  assert.equal(api.generateChallenge().hex, "00");
});

test("whatever else goes wrong inside discards the instance too", async () => {
  const wrong = {
    "a full stack": () => { throw new RangeError("Maximum call stack size exceeded"); },
    "an error of the glue": () => { throw new TypeError("wasm.verify is not a function"); },
    "an error of Node's with a code": () => { throw Object.assign(new TypeError("bad"), { code: "ERR_X" }); },
    "a thrown string": () => { throw "text"; },
    "an answer that is no JSON": () => '{"verdict":"affirm',
    "no answer": () => undefined,
    "a bug that the wasm reports itself": () => { throw Object.assign(new Error("bug"), { code: "BUG" }); },
  };
  for (const [what, verify] of Object.entries(wrong)) {
    const { glue, called } = fakeGlue({ verify });
    const api = createApi(glue, loadEmpty);
    await api.init();
    await assert.rejects(api.verify({ evidence: "x" }), { code: "BUG" }, what);
    api.verifierInfo();
    // One for the second try, and one after it.
    assert.equal(called("__wbg_reset_state").length, 2, what);
  }
});

test("what the wasm refuses on purpose comes through, and the instance stays", async () => {
  const refusal = Object.assign(new Error("a policy may only tighten"), { code: "POLICY_LOOSENS" });
  const { glue, called } = fakeGlue({ parsePolicy: () => { throw refusal; } });
  const api = createApi(glue, loadEmpty);
  await api.init();
  assert.throws(() => api.parsePolicy("{}"), (error) => error === refusal);
  api.verifierInfo();
  assert.equal(called("__wbg_reset_state").length, 0);
});

test("a list that is let go of while a file is read is read anew, and no other stands in its place", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  // Gives the number of a freed list to the next: the worst that a wasm could do.
  const lists = new Map();
  const { glue } = fakeGlue({
    loadRegistry: ([file]) => {
      const id = lists.size === 0 ? 0 : Math.max(...lists.keys()) + 1;
      lists.set(id, new TextDecoder().decode(file));
      return JSON.stringify({ id, view: {} });
    },
    forgetRegistry: (id) => JSON.stringify(lists.delete(id)),
    verify: (evidence, collateral, { registry, revoked }) => JSON.stringify({ known: lists.get(registry), revoked: lists.get(revoked) }),
  });
  const api = createApi(glue, loadEmpty);
  await api.init();
  const { arrayBuffer } = Blob.prototype;
  const gate = Promise.withResolvers?.() ?? (() => { const made = {}; made.promise = new Promise((resolve) => (made.resolve = resolve)); return made; })();
  Blob.prototype.arrayBuffer = async function () { await gate.promise; return arrayBuffer.call(this); };
  try {
    const request = { evidence: new Blob(["x"]), registry: ["known"], revoked: await api.loadRegistry(["revoked"]) };
    const asked = api.verify(request);
    request.revoked = undefined;
    for (let turn = 0; turn < 50 && lists.size > 0; turn += 1) { gc(); await sleep(1); }
    assert.equal(lists.size, 0, "the list was freed");
    gate.resolve();
    assert.deepEqual(await asked, { known: "known", revoked: "revoked" });
  } finally {
    Blob.prototype.arrayBuffer = arrayBuffer;
  }
});
