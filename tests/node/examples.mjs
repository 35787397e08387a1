// The examples in the types of the package: which function each belongs to, and what it says that it prints.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Public functions of a file of types, those in an object by its name and theirs, each with its description. */
export function functionsOf(types) {
  const inObjects = [...types.matchAll(/^export const (\w+): \{\n([^]*?)^\};/gm)].flatMap(([, object, members]) =>
    described(members, /^ {2}(\w+)\(/gm).map((member) => ({ ...member, name: `${object}.${member.name}` })));
  return [...described(types, /^export function (\w+)\(/gm), ...inObjects];
}

function described(text, pattern) {
  return [...text.matchAll(pattern)].map(({ 1: name, index }) => {
    const before = text.slice(0, index).trimEnd();
    const doc = before.endsWith("*/") ? before.slice(before.lastIndexOf("/**")) : "";
    return { name, doc, examples: [...doc.matchAll(/\* ```js\n([^]*?)\* ```/g)].map(([, block]) => block.replaceAll(/^ *\* ?/gm, "")) };
  });
}

/** What is behind `console.log(…);` is what that line prints; `…` stands for anything. */
const promised = (code) => [...code.matchAll(/console\.log\(.*\);? \/\/ (.+)$/gm)].map(([, words]) => words);

/** Runs an example in a folder that `fill` made, with the package in its node_modules. */
export function runExample(folder, code) {
  writeFileSync(join(folder, "example.mjs"), code);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--no-warnings", "example.mjs"], { cwd: folder, encoding: "utf8", timeout: 120_000 });
  assert.equal(status, 0, stdout + stderr);
  const words = promised(code);
  assert.ok(words.length > 0, "an example says what it prints");
  for (const line of words) {
    const pattern = new RegExp(`^${line.split("…").map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join(".*")}$`);
    assert.ok(stdout.split("\n").some((printed) => pattern.test(printed)), `${line} is not printed, but:\n${stdout}`);
  }
}
