// `verifyMany`: many requests over several threads, with the Reports of `verify`.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { cli, emptyWasm, fakeGlue, load } from "./support.mjs";

const vectors = process.env.CW_VECTORS_DIR;
const samples = process.env.DCAP_QVL_SAMPLES;
assert.ok(vectors && samples, "run by `cargo xtask test`");

const api = await load("node.js");
await api.init();

const AT = Date.UTC(2025, 5, 20) / 1000;
const sample = (name) => ({
  evidence: new Uint8Array(readFileSync(join(samples, name))),
  collateral: readFileSync(join(samples, `${name}_collateral.json`), "utf8"),
  at: AT,
});
const SGX = sample("sgx_quote");
const TDX = sample("tdx_quote");

async function all(answers) {
  const seen = [];
  for await (const answer of answers) seen.push(answer);
  return seen.sort((a, b) => a.index - b.index);
}

/** The files of vectors, which hold every kind of input, as one request each. */
function requests() {
  return readdirSync(vectors).sort().slice(0, 60).flatMap((name) => {
    const folder = join(vectors, name);
    try {
      return [{
        evidence: new Uint8Array(readFileSync(join(folder, "evidence.bin"))),
        collateral: readFileSync(join(folder, "collateral.json"), "utf8"),
        at: AT,
      }];
    } catch {
      return [];
    }
  });
}

for (const workers of [0, 1, 2]) {
  test(`the Reports are those of verify, each once, over ${workers} threads`, async () => {
    const given = [...requests(), SGX, TDX];
    assert.ok(given.length > 20);
    const answers = await all(api.verifyMany(given, { workers }));
    assert.deepEqual(answers.map(({ index }) => index), given.map((_, index) => index));
    for (const { index, report } of answers) assert.deepEqual(report, await api.verify(given[index]));
  });
}

test("a loaded bundle is given to all, and each thread parses it once", async () => {
  const folder = join(vectors, "014-affirming-from-bundle");
  const collateral = await api.Collateral.load(readFileSync(join(folder, "collateral.json")));
  const evidence = readFileSync(join(folder, "evidence.bin"));
  const given = Array.from({ length: 10 }, () => ({ evidence, at: 2_209_075_200, collateral, collateralFrom: "site" }));
  const answers = await all(api.verifyMany(given, { workers: 2 }));
  const expected = await api.verify(given[0]);
  // The forge's bundle has this platform, whose root Intel's is not.
  assert.equal(expected.checks.find(({ id }) => id === "collateral.found").outcome, "pass");
  for (const { report } of answers) assert.deepEqual(report, expected);
});

test("a request that verify would refuse is an answer with its error, and stops no other", async () => {
  const given = [SGX, { ...SGX, at: 1n }, undefined, { ...SGX, chalenge: "00" }, { ...SGX, policy: "lenient" }, SGX,
    Object.assign(Object.create({ at: AT }), SGX), { ...SGX, evidence: () => {} }];
  for (const workers of [0, 2]) {
    const answers = await all(api.verifyMany(given, { workers }));
    const codes = answers.map(({ report, error }) => error?.code ?? report.verdict);
    for (const [index, request] of given.entries()) {
      const here = await api.verify(request).then(({ verdict }) => verdict, ({ code }) => code);
      assert.equal(codes[index], here, `request ${index}`);
    }
    assert.deepEqual([answers[1].error.argument, answers[1].error instanceof TypeError], ["at", true]);
    assert.equal(codes[4], "POLICY_UNKNOWN");
  }
});

test("requests are taken from their source only as there is room, and the source is closed when one stops early", async () => {
  let taken = 0;
  let isClosed = false;
  async function* endless() {
    try {
      for (;;) {
        taken += 1;
        yield SGX;
      }
    } finally {
      isClosed = true;
    }
  }
  let seen = 0;
  for await (const { report } of api.verifyMany(endless(), { workers: 2 })) {
    assert.equal(report.verdict, "warning");
    seen += 1;
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(taken <= seen + 8, `${taken} taken, ${seen} seen`);
    if (seen === 20) break;
  }
  assert.ok(isClosed);
});

test("a signal ends it with its reason, before it begins and while it runs", async () => {
  await assert.rejects(all(api.verifyMany([SGX], { signal: AbortSignal.abort(new Error("too late")) })), /too late/);
  const controller = new AbortController();
  let seen = 0;
  await assert.rejects(async () => {
    for await (const _ of api.verifyMany(Array(1000).fill(SGX), { workers: 1, signal: controller.signal })) {
      seen += 1;
      if (seen === 3) controller.abort(new Error("enough"));
    }
  }, /enough/);
  assert.equal(seen, 3);
});

test("a source that throws says so once what was under way is handed out", async () => {
  function* broken() {
    yield SGX;
    yield TDX;
    throw new Error("the disk is gone");
  }
  const seen = [];
  await assert.rejects(async () => {
    for await (const { index } of api.verifyMany(broken(), { workers: 0 })) seen.push(index);
  }, /the disk is gone/);
  assert.deepEqual(seen.sort(), [0, 1]);
});

test("options and sources of a wrong type are refused by name", async () => {
  const refuses = (requests, options, argument) =>
    assert.rejects(all(api.verifyMany(requests, options)), { code: "INVALID_ARGUMENT", argument });
  await refuses(5, {}, "requests");
  await refuses("text", {}, "requests");
  await refuses([], { worker: 1 }, "worker");
  await refuses([], { workers: -1 }, "workers");
  await refuses([], { workers: 65 }, "workers");
  await refuses([], { lanes: [] }, "lanes");
  await refuses([], { lanes: [5] }, "lanes");
  await refuses([], { signal: {} }, "signal");
  await refuses([], null, "options");
});

test("lanes of the caller's own do the work instead", async () => {
  const lane = (request) => api.verify(request);
  const answers = await all(api.verifyMany([SGX, TDX], { lanes: [lane] }));
  assert.deepEqual(answers.map(({ report }) => report.verdict), ["warning", "warning"]);
});

// Threads that fail.

async function withThreads(start) {
  const { createApi, compile } = await load("core.js");
  const { glue } = fakeGlue();
  const fake = createApi(glue, (source) => compile(source ?? emptyWasm), { cores: () => 2, start });
  await fake.init();
  return fake;
}

test("where no thread can be started, the one that asks does the work", async () => {
  const refusing = await withThreads(() => {
    throw new Error("not allowed here");
  });
  assert.deepEqual(await all(refusing.verifyMany([SGX])), [{ index: 0, report: { verdict: "warning" } }]);
  let ended = 0;
  const dying = await withThreads((_, hasEnded) => {
    setTimeout(() => hasEnded("blocked by policy"), 1);
    return { post: () => {}, end: () => (ended += 1) };
  });
  assert.deepEqual(await all(dying.verifyMany([SGX])), [{ index: 0, report: { verdict: "warning" } }]);
  assert.ok(ended > 0);
});

test("a thread that ends in the middle leaves no Report behind for what it had", async () => {
  const fake = await withThreads((hear, hasEnded) => ({
    post: ({ id, module }) => setTimeout(() => (module === undefined ? hasEnded("out of memory") : hear({ id })), 1),
    end: () => {},
  }));
  const answers = await all(fake.verifyMany([SGX, SGX, SGX], { workers: 1 }));
  assert.equal(answers.length, 3);
  for (const { report, error } of answers) assert.deepEqual([report, error.code], [undefined, "BUG"]);
});

// Many files.

test("verify-many: what is neither file nor folder is named, and not left out", { skip: process.platform === "win32" }, () => {
  const folder = mkdtempSync(join(tmpdir(), "cloud-witness-many-"));
  try {
    writeFileSync(join(folder, "a.txt"), "no quote");
    symlinkSync(join(folder, "a.txt"), join(folder, "link"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const { status, stdout } = cli(["verify-many", folder, "--workers", "0"]);
    assert.equal(status, 2);
    assert.match(stdout, /^unreadable .*link/m);
    assert.match(stdout, /^unreadable .*pipe/m);
    assert.match(stdout, /^1 none, 2 unreadable$/m);

    // They do not hide a refused one.
    const changed = readFileSync(join(samples, "sgx_quote"));
    changed[400] ^= 1;
    writeFileSync(join(folder, "a.txt"), changed);
    const collateral = join(samples, "sgx_quote_collateral.json");
    const refused = cli(["verify-many", folder, "--collateral", collateral, "--at", "2025-06-20T00:00:00Z"]);
    assert.equal(refused.status, 20);
    assert.match(refused.stdout, /^1 contraindicated, 2 unreadable$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("verify-many: a line a file in their order, the worst verdict as the status, whatever the number of threads", () => {
  const folder = mkdtempSync(join(tmpdir(), "cloud-witness-many-"));
  try {
    mkdirSync(join(folder, "deep/er"), { recursive: true });
    copyFileSync(join(samples, "sgx_quote"), join(folder, "a.bin"));
    copyFileSync(join(samples, "sgx_quote"), join(folder, "deep/er/c.bin"));
    writeFileSync(join(folder, "deep/b\u202e.txt"), "no quote");
    const collateral = join(samples, "sgx_quote_collateral.json");
    const run = (...more) => cli(["verify-many", folder, "--collateral", collateral, "--at", "2025-06-20T00:00:00Z", ...more]);
    const lines = (stdout) => stdout.trimEnd().split("\n");
    const one = run("--workers", "0");
    assert.deepEqual([one.status, one.stderr], [30, ""]);
    const shown = lines(one.stdout);
    assert.match(shown[0], /^warning +d04ec06d4e6d92dc90d0ad3cf5ee2ddf +.*a\.bin +\w+$/);
    assert.match(shown[1], /^none +- +.*b\\u\{202e\}\.txt +\w+$/);
    assert.match(shown[2], /^warning .*c\.bin/);
    assert.equal(shown[3], "2 warning, 1 none");
    assert.equal(run("--workers", "2").stdout, one.stdout);

    const json = lines(run("--json").stdout).map((line) => JSON.parse(line));
    assert.deepEqual(json.map(({ report }) => report.verdict), ["warning", "none", "warning"]);
    assert.ok(json[1].file.endsWith("b\u202e.txt"));

    const missing = cli(["verify-many", join(folder, "a.bin"), join(folder, "nothing")]);
    assert.equal(missing.status, 2);
    for (const words of [[], ["--challenge", "00", folder], ["--workers", "65", folder], ["--policy", "lenient", folder],
      ["--attesters", join(folder, "a.bin"), folder], ["-", "--collateral", "-"]]) {
      assert.equal(cli(["verify-many", ...words]).status, 2, words.join(" "));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** A thread that this test plays: what it was told, and how it answers. */
function played(answer) {
  const told = [];
  const worker = { post: (message) => { told.push(message); answer?.(message); }, end: () => { worker.isEnded = true; } };
  return Object.assign(worker, { told });
}

const asRead = (request) => ({ evidence: () => request, lists: {}, options: {} });

test("a thread that gives no answer is ended, and what it was doing is done once anew, as is what stood behind it", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { lasting, overWorker } = await load("many.js");
  const workers = [];
  const start = async () => {
    const isFirst = workers.length === 0;
    const worker = played(({ id }) => { if (!isFirst) queueMicrotask(() => thread.receive({ id, value: '{"verdict":"warning"}' })); });
    const thread = overWorker(worker, asRead);
    workers.push(worker);
    return thread;
  };
  const { lane } = lasting(await start(), start);
  const asked = [lane("hangs"), lane("stands behind it")];
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  await turn();
  t.mock.timers.tick(20_000);
  await turn();
  assert.equal(workers.length, 1, "what came in meanwhile is heard first");
  t.mock.timers.tick(1_000);
  assert.deepEqual(await Promise.all(asked), [{ verdict: "warning" }, { verdict: "warning" }]);
  assert.equal(workers.length, 2);
  assert.ok(workers[0].isEnded);
});

test("a request over which two threads hang is said to be undecided, and no other is", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { lasting, overWorker } = await load("many.js");
  let started = 0;
  const start = async () => {
    started += 1;
    let isHung = false;
    const worker = played(({ id, request }) => {
      isHung ||= request.evidence === "hangs";
      if (!isHung) queueMicrotask(() => thread.receive({ id, value: '{"verdict":"warning"}' }));
    });
    const thread = overWorker(worker, asRead);
    return thread;
  };
  const { lane } = lasting(await start(), start);
  const ends = Promise.allSettled([lane("hangs"), lane("stands behind it"), lane("too")]);
  for (let round = 0; round < 6; round += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    t.mock.timers.tick(20_000);
    t.mock.timers.tick(1_000);
  }
  const [hung, ...others] = await ends;
  assert.equal(hung.reason.code, "BUG");
  assert.match(hung.reason.message, /no answer for 21 seconds.*Nothing was decided/);
  assert.deepEqual(others.map(({ value }) => value), [{ verdict: "warning" }, { verdict: "warning" }]);
  assert.equal(started, 3);
});
