// No input ends the program: what is long is drawn all the same, and no list is spread as arguments of a call, which fills the
// stack when it is long.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { load, root as ROOT } from "./support.mjs";

const { handedOver, input } = await load("border.js");
const { colocationText, enrolmentMarkdown, enrolmentText, reportText } = await load("cli-text.js");
/** More than a call takes arguments. */
const MANY = 130_000;

const check = { outcome: "fail", id: "x", detail: "x", code: null, place: null, advice: null };
const checks = Array.from({ length: MANY }, () => check);
const trust = { strongest: [], rows: [] };
const item = { kind: "addresses", counts: false, checks, how_far: "", facts: Array.from({ length: MANY }, () => ({ label: "a", value: "b" })), ties: [] };
const lines = (text) => text.split("\n").length;

test("a report with more lines than a call takes arguments is drawn", () => {
  assert.ok(lines(reportText({ headline: "", summary: "", checks, identity: null })) > MANY);
  assert.ok(lines(colocationText({ at_rfc3339: "", machine: null, items: [item], trust })) > 2 * MANY);
});

test("of many files that change some are listed, and it is said how many more there are", () => {
  const touched = Array.from({ length: 10_000 }, (_, number) => `file-${number}`);
  const report = { headline: "", summary: "", checks: [], proposal: null, record: null, touched };
  for (const text of [enrolmentText(report), enrolmentMarkdown(report)]) {
    assert.match(text, /and 9900 more/);
    assert.ok(lines(text) < 120);
  }
});

test("no list is spread as arguments where its length is an input's", () => {
  const sources = ["pkg", "www/src"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true })
      .filter((name) => /\.(js|mjs|ts|tsx)$/.test(name) && !/^(cloud_witness|inline)/.test(name))
      .map((name) => join(ROOT, folder, name)));
  assert.ok(sources.length > 50);
  for (const file of sources) {
    const found = readFileSync(file, "utf8").match(/(\.(push|unshift|splice|concat|append|fromCharCode|fromCodePoint|assign)|Math\.(max|min))\([^()\n]*\.\.\..*/);
    assert.equal(found?.[0], undefined, file);
  }
});

test("bytes that are handed over are not copied, and no others are", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  assert.notEqual(input(bytes, "input", 10)().buffer, bytes.buffer);
  assert.equal(input(handedOver(bytes), "input", 10)().buffer, bytes.buffer);
  assert.equal(input(bytes, "input", 1)().length, 2);
});
