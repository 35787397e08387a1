// O1 and O2: what the package lets in from JavaScript, and how it refuses the rest.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runInNewContext } from "node:vm";

import { emptyWasm, fakeGlue, load } from "./support.mjs";

const { createApi, compile } = await load("core.js");

async function ready(overrides) {
  const { glue, called } = fakeGlue(overrides);
  const api = createApi(glue, (source) => compile(source ?? emptyWasm));
  await api.init();
  return { api, called };
}

/** Asserts that a call is refused as a TypeError that names its argument, before the wasm is asked. */
async function refuses(act, argument, called, name) {
  await assert.rejects(async () => act(), (error) => {
    assert.ok(error instanceof TypeError, `${error} is no TypeError`);
    assert.equal(error.code, "INVALID_ARGUMENT");
    assert.equal(error.argument, argument);
    assert.match(error.message, new RegExp(`cloud-witness: ${argument} `));
    return true;
  });
  assert.equal(called(name).length, 0, "the wasm was asked all the same");
}

const shared = new SharedArrayBuffer(4);
const transferred = new ArrayBuffer(4);
const viewOfTransferred = new Uint8Array(transferred);
structuredClone(transferred, { transfer: [transferred] });

const shrunk = new ArrayBuffer(8, { maxByteLength: 8 });
const [viewPastItsEnd, viewThatBeginsPastIt] = [new Uint8Array(shrunk, 2, 4), new Uint8Array(shrunk, 6)];
shrunk.resize(4);

/** Every type that is neither bytes, nor text, nor a Blob. */
const NO_INPUT = {
  "null": null,
  "a number": 1,
  "a BigInt": 1n,
  "a boolean": true,
  "a symbol": Symbol("s"),
  "a function": () => {},
  "an array of bytes": [1, 2, 3],
  "an object": {},
  "an array-like object": { length: 1, 0: 1 },
  "a String object": new String("text"),
  "a DataView": new DataView(new ArrayBuffer(4)),
  "a Uint8ClampedArray": new Uint8ClampedArray(4),
  "an Int8Array": new Int8Array(4),
  "a Uint16Array": new Uint16Array(4),
  "a SharedArrayBuffer": shared,
  "a view of shared memory": new Uint8Array(shared),
  "a transferred ArrayBuffer": transferred,
  "a view of a transferred ArrayBuffer": viewOfTransferred,
  "a view past the end of a buffer that was made smaller": viewPastItsEnd,
  "a view that begins past that end": viewThatBeginsPastIt,
  "what only says that it is a Uint8Array": { [Symbol.toStringTag]: "Uint8Array", length: 1, 0: 1 },
  "what only looks like a Blob": { size: 1, slice: () => {}, arrayBuffer: async () => new ArrayBuffer(1), [Symbol.toStringTag]: "Blob" },
  "an object with the prototype of Uint8Array": Object.create(Uint8Array.prototype),
  "a Request": new Request("https://example.org/"),
};

for (const argument of ["evidence", "collateral"]) {
  for (const [what, value] of Object.entries(NO_INPUT)) {
    test(`${argument}: ${what} is refused`, async () => {
      const { api, called } = await ready();
      await refuses(() => api.verify({ evidence: "x", [argument]: value }), argument, called, "verify");
    });
  }
}

test("evidence that is left out is refused", async () => {
  const { api, called } = await ready();
  await refuses(() => api.verify({}), "evidence", called, "verify");
  await refuses(() => api.verify({ evidence: undefined }), "evidence", called, "verify");
});

for (const [what, value] of Object.entries(NO_INPUT)) {
  test(`sha256: ${what} is refused`, async () => {
    const { api, called } = await ready();
    await refuses(() => api.sha256(value), "input", called, "sha256");
  });
}

for (const [what, value] of Object.entries(NO_INPUT)) {
  test(`parseAttesterOutput: ${what} is refused`, async () => {
    const { api, called } = await ready();
    await refuses(() => api.parseAttesterOutput(value), "file", called, "parseAttesterOutput");
  });
}

const NO_INTEGER = {
  "a BigInt": 5n,
  "NaN": NaN,
  "infinity": Infinity,
  "a fraction": 1.5,
  "a negative number": -1,
  "past the safe integers": 2 ** 53,
  "a string of digits": "5",
  "a Date": new Date(5),
  "a boolean": true,
  "an array": [5],
  "null": null,
};

for (const argument of ["at", "challengeIssuedAt", "challengeMinutes"]) {
  for (const [what, value] of Object.entries(NO_INTEGER)) {
    test(`${argument}: ${what} is refused`, async () => {
      const { api, called } = await ready();
      await refuses(() => api.verify({ evidence: "x", [argument]: value }), argument, called, "verify");
    });
  }
}

test("a number of bytes that is no integer, or out of range, is refused", async () => {
  const { api, called } = await ready();
  for (const value of [...Object.values(NO_INTEGER), 0, 7, 65, 2 ** 32 + 32]) {
    if (value === undefined) continue;
    await refuses(() => api.generateChallenge(value), "bytes", called, "generateChallenge");
  }
});

test("challenge minutes out of range are refused", async () => {
  const { api, called } = await ready();
  for (const challengeMinutes of [0, 1441]) {
    await refuses(() => api.verify({ evidence: "x", challengeMinutes }), "challengeMinutes", called, "verify");
  }
});

const NO_TEXT = {
  "null": null, "a number": 1, "a BigInt": 1n, "an object": {}, "an array": ["ab"], "bytes": new Uint8Array(2),
  "a String object": new String("ab"), "more than 1 MiB": " ".repeat(1024 * 1024 + 1),
};

for (const argument of ["challenge", "sha256", "policy", "attesters"]) {
  for (const [what, value] of Object.entries(NO_TEXT)) {
    test(`${argument}: ${what} is refused`, async () => {
      const { api, called } = await ready();
      await refuses(() => api.verify({ evidence: "x", [argument]: value }), argument, called, "verify");
    });
  }
}

for (const [name, argument] of [["parseChallenge", "text"], ["parsePolicy", "policy"], ["parseAttesters", "json"]]) {
  test(`${name} takes nothing but a short text`, async () => {
    const { api, called } = await ready();
    for (const value of [...Object.values(NO_TEXT), undefined]) {
      await refuses(() => api[name](value), argument, called, name);
    }
    api[name]("words");
    assert.deepEqual(called(name)[0].values, ["words"]);
  });
}

test("words outside of a closed list are refused", async () => {
  const { api, called } = await ready();
  for (const value of ["Site", "", "toString", null, 1, ["site"]]) {
    await refuses(() => api.verify({ evidence: "x", collateralFrom: value }), "collateralFrom", called, "verify");
    await refuses(() => api.verify({ evidence: "x", time: value }), "time", called, "verify");
  }
});

test("a request that is no plain object is refused (O2)", async () => {
  const { api, called } = await ready();
  class Request { evidence = "x"; }
  for (const value of [undefined, null, 1, "x", [], () => {}, new Request(), Object.create({ evidence: "x" }), new Map()]) {
    await refuses(() => api.verify(value), "request", called, "verify");
  }
});

test("an unknown key is refused by its name", async () => {
  const { api, called } = await ready();
  await refuses(() => api.verify({ evidence: "x", chalenge: "00" }), "chalenge", called, "verify");
  await refuses(() => api.verify({ evidence: "x", chalenge: undefined }), "chalenge", called, "verify");
  const hidden = Object.defineProperty({ evidence: "x" }, "allow_debug", { value: true, enumerable: false });
  await refuses(() => api.verify(hidden), "allow_debug", called, "verify");
  await assert.rejects(api.verify({ evidence: "x", [Symbol("root")]: 1 }), { code: "INVALID_ARGUMENT" });
});

test("what stands on Object.prototype was not given", async () => {
  const { api, called } = await ready();
  Object.prototype.challenge = "00";
  try {
    await api.verify({ evidence: "x" });
  } finally {
    delete Object.prototype.challenge;
  }
  assert.equal(Object.hasOwn(called("verify")[0].values[2], "challenge"), false);
});

test("what is left out is passed on as left out", async () => {
  const { api, called } = await ready();
  await api.verify({ evidence: "x", challenge: undefined, collateral: undefined });
  const [, collateral, options] = called("verify")[0].values;
  assert.equal(collateral, undefined);
  assert.deepEqual(Object.keys(options).sort(), ["at", "time"]);
});

test("everything that is given is passed on unchanged", async () => {
  const { api, called } = await ready();
  const options = {
    collateralFrom: "witness", challenge: " 48-65 ", challengeIssuedAt: 0, challengeMinutes: 1440, sha256: "AB",
    policy: '{ "name":"x",\n"a":1.0}', attesters: "[ ]", at: 7, time: "now",
  };
  const collateral = '{ "tcb_info": "1.0" }\r\n';
  await api.verify({ evidence: "é", collateral, ...options });
  const [bytes, collateralBytes, passed] = called("verify")[0].values;
  assert.deepEqual([...bytes], [0xc3, 0xa9]);
  assert.equal(Buffer.from(collateralBytes).toString(), collateral);
  assert.deepEqual({ ...passed }, options);
});

test("the time is `now` unless a moment is given", async () => {
  const { api, called } = await ready();
  const before = Math.floor(Date.now() / 1000);
  await api.verify({ evidence: "x" });
  await api.verify({ evidence: "x", at: 5 });
  const [now, asOf] = called("verify").map((call) => call.values[2]);
  assert.equal(now.time, "now");
  assert.ok(now.at >= before && now.at <= before + 60);
  assert.deepEqual({ ...asOf }, { at: 5, time: "as_of" });
  await refuses(() => api.verify({ evidence: "x", time: "as_of" }), "at", () => [], "verify");
});

test("bytes in every form arrive as the same bytes (O2)", async () => {
  const { api, called } = await ready();
  const bytes = new Uint8Array([9, 1, 2, 3, 9]);
  const forms = [
    bytes.subarray(1, 4), bytes.slice(1, 4).buffer, Buffer.from([1, 2, 3]), new Blob([bytes.subarray(1, 4)]),
    new File([bytes.subarray(1, 4)], "x"), "\u0001\u0002\u0003",
    runInNewContext("new Uint8Array([1, 2, 3])"), runInNewContext("new Uint8Array([1, 2, 3]).buffer"),
  ];
  for (const evidence of forms) await api.verify({ evidence });
  for (const call of called("verify")) assert.deepEqual([...call.values[0]], [1, 2, 3]);
  assert.equal(called("verify").length, forms.length);
});

test("a request from another realm is taken", async () => {
  const { api } = await ready();
  await api.verify(runInNewContext('({ evidence: "x" })'));
  await api.verify(Object.assign(Object.create(null), { evidence: "x" }));
});

test("what the caller does to the bytes later changes nothing (O26)", async () => {
  const { api, called } = await ready();
  const evidence = new Uint8Array([1, 2, 3]);
  const pending = api.verify({ evidence, collateral: new Blob(["slow"]) });
  evidence.fill(0);
  await pending;
  assert.deepEqual([...called("verify")[0].values[0]], [1, 2, 3]);
});

test("one byte past the limit is handed over, and no more (O1)", async () => {
  const { api, called } = await ready();
  const limit = 256 * 1024;
  const many = limit + 1000;
  for (const evidence of [new Uint8Array(many), new ArrayBuffer(many), new Blob([new Uint8Array(many)]), "x".repeat(many), "é".repeat(many)]) {
    await api.verify({ evidence });
  }
  for (const call of called("verify")) assert.equal(call.values[0].length, limit + 1);
});

test("the attester's file has the same limit where it is only taken apart (O1)", async () => {
  const { api, called } = await ready();
  await api.parseAttesterOutput("x".repeat(1024 * 1024));
  assert.equal(called("parseAttesterOutput")[0].values[0].length, 256 * 1024 + 1);
});

test("no more of a Blob is read than the limit", async () => {
  const { api } = await ready();
  const read = [];
  class Watched extends Blob {
    stream() { read.push("stream"); return super.stream(); }
    arrayBuffer() { read.push("arrayBuffer"); return super.arrayBuffer(); }
    slice(...range) { read.push("slice"); return super.slice(...range); }
  }
  await api.verify({ evidence: new Watched([new Uint8Array(1024 * 1024)]) });
  assert.deepEqual(read, [], "an overridden method was called, or the whole Blob was read");
});

test("what is too large to be hashed is refused", async () => {
  const { api, called } = await ready();
  await refuses(() => api.sha256(new Uint8Array(32 * 1024 * 1024 + 1)), "input", called, "sha256");
  assert.equal(await api.sha256(new Uint8Array(32 * 1024 * 1024)), "digest");
});

test("a Blob that cannot be read says so", async (t) => {
  const { api } = await ready();
  t.mock.method(Blob.prototype, "slice", () => ({ arrayBuffer: async () => { throw new Error("gone"); } }));
  await assert.rejects(api.verify({ evidence: new Blob(["x"]) }), { code: "INPUT_UNREADABLE", message: /evidence.*gone/ });
});
