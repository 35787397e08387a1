// Which records of a registry's folder a change is compared with, without the wasm: what it reads in the change is given.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./support.mjs";

const { checkBesideRecords, sameChallenge } = await load("cli-registry.js");

const CHALLENGE = "f00d".repeat(16);

/** A file of a ceremony, as far as its challenge is looked for. */
function file(hex) {
  const payload = JSON.stringify({ predicate: { entered: { challenge: { hex } } } });
  return Buffer.from(JSON.stringify({ payload: Buffer.from(payload).toString("base64") }));
}

/** A folder of these files. */
const folderOf = (files) => new Map(Object.entries(files).map(([path, content]) => [path, { read: async () => content }]));

/** Checks a change of which the wasm reads this challenge, and hands out what each call was given. */
async function asked(request, hex, folder) {
  const calls = [];
  const check = async (given) => {
    calls.push(given);
    return { call: calls.length, record: hex === undefined ? null : { entered: { challenge: { hex } } } };
  };
  const report = await checkBesideRecords(check, request, (digits) => sameChallenge(digits, folder));
  assert.equal(report.call, calls.length, "the last report counts");
  return calls;
}

test("the record that is compared is the one that the verifier reads in the change, not one that its text shows", async () => {
  const same = file(CHALLENGE);
  const folder = folderOf({ "records/1.dsse.json": same, "records/2.dsse.json": file("beef".repeat(16)) });
  const texts = ["", '+{"payload":"e30="}\n', `+${file("beef".repeat(16))}\n`, '+{"payload":"e30="}\r\n', ' {"payload":"e30="}\n'];
  for (const text of texts) {
    for (const request of [{ patch: Buffer.from(text) }, { changes: [{ path: "records/0.dsse.json", after: Buffer.from(text) }] }]) {
      const calls = await asked({ ...request, known: "x" }, CHALLENGE, folder);
      assert.deepEqual(calls, [{ ...request, known: "x" }, { ...request, known: "x", earlier: [same] }], text);
    }
  }
});

test("records with the challenge are found with zeros behind it or without, and nothing is handed over without need", async () => {
  const zeros = "00".repeat(8);
  const [short, long] = [file(CHALLENGE), file(CHALLENGE + zeros)];
  const folder = folderOf({
    "records/1.dsse.json": short,
    "records/2.dsse.json": long,
    "records/3.dsse.json": Buffer.from("{"),
    "records/4.json": short,
    "machines/1.json": short,
  });
  for (const hex of [CHALLENGE, CHALLENGE + zeros]) {
    assert.deepEqual((await asked({}, hex, folder))[1].earlier, [short, long]);
  }
  // No record, no challenge, or one that the verifier refuses: nothing to look up.
  for (const hex of [undefined, "", "00", "00".repeat(32), "beef".repeat(16)]) {
    assert.deepEqual(await asked({}, hex, folder), [{}], hex);
  }
});
