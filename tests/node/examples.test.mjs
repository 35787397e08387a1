// Every public function has an example in the types, and each of them runs and prints what it says. `cargo xtask packaging`
// does the same with the packed package.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { functionsOf, runExample } from "./examples.mjs";
import { fill } from "./folder.mjs";
import { load, packageDir } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "cloud-witness-examples-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "node_modules"));
symlinkSync(packageDir, join(folder, "node_modules/cloud-witness"), "junction");
await fill(folder, packageDir);

const files = ["index.d.ts", "slim.d.ts"].map((file) => [file, functionsOf(readFileSync(join(packageDir, file), "utf8"))]);

test("every function that is exported is found in the types", async () => {
  const exported = Object.entries(await load("node.js")).flatMap(([name, value]) =>
    (typeof value === "function" ? [name] : Object.keys(value).map((member) => `${name}.${member}`)));
  assert.deepEqual(files[0][1].map(({ name }) => name).sort(), exported.sort());
});

for (const [file, functions] of files) {
  for (const { name, doc, examples } of functions) {
    test(`${file}: ${name} has an example, which runs and prints what it says`, () => {
      assert.equal(examples.length, 1);
      assert.match(examples[0], /^(?:import .*\n)+\nawait init\(/);
      runExample(folder, examples[0]);
    });
    test(`${file}: ${name} says what it throws`, () => assert.match(doc, /@throws \{@link (?:ConfigurationError|InvalidArgument)\}/));
  }
}
