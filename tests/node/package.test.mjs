// The package as it is published: what it holds, and that it runs in Node as it stands.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

import { load, packageDir, root } from "./support.mjs";

const manifest = JSON.parse(readFileSync(join(packageDir, "package.json"), "utf8"));
const types = readFileSync(join(packageDir, "index.d.ts"), "utf8");
const declared = [...types.matchAll(/^export (?:function|const) (\w+)/gm)].map((match) => match[1]).sort();

test("it has no dependencies and no install scripts (O28)", () => {
  const allowed = [
    "bin", "description", "engines", "exports", "files", "keywords", "license", "name", "repository", "sideEffects",
    "type", "types", "version",
  ];
  assert.deepEqual(Object.keys(manifest).sort(), allowed);
});

test("every file that it names is there, and every module that is imported is among them", () => {
  for (const file of manifest.files) assert.ok(existsSync(join(packageDir, file)), file);
  for (const file of manifest.files.filter((name) => name.endsWith(".js"))) {
    const source = readFileSync(join(packageDir, file), "utf8");
    for (const [, name] of source.matchAll(/(?:from|import\() ?"\.\/([^"]+)"/g)) {
      assert.ok(manifest.files.includes(name), `${file} imports ${name}, which is not published`);
    }
  }
});

test("the version is the crate's", () => {
  const workspace = readFileSync(join(root, "Cargo.toml"), "utf8");
  assert.equal(/^\[workspace\.package\]\s+version = "([^"]+)"/m.exec(workspace)?.[1], manifest.version);
});

for (const entry of ["node.js", "index.js", "slim.js"]) {
  test(`${entry} exports exactly what index.d.ts declares`, async () => {
    assert.deepEqual(Object.keys(await load(entry)).sort(), declared);
  });
}

test("every entry has types, and they come first, as TypeScript asks", () => {
  for (const [entry, conditions] of Object.entries(manifest.exports)) {
    if (entry === "./package.json") continue;
    assert.equal(Object.keys(conditions)[0], "types", entry);
    for (const file of Object.values(conditions)) assert.ok(manifest.files.includes(file.slice(2)), file);
  }
});

test("there is one wasm: the module that carries it has the same bytes as the file", async () => {
  const { default: packed } = await load("inline.js");
  const inside = gunzipSync(Buffer.from(packed, "base64"));
  assert.ok(inside.equals(readFileSync(join(packageDir, "cloud_witness_bg.wasm"))));
});

test("importing an entry does nothing yet: no file, no request, no thread, no wasm, no new global", () => {
  const program = `
    const names = () => Reflect.ownKeys(globalThis).map(String).sort().join();
    const touched = [];
    const trap = (owner, name) => { owner[name] = new Proxy(owner[name], {
      apply: (...call) => { touched.push(name); return Reflect.apply(...call); },
      construct: (...call) => { touched.push(name); return Reflect.construct(...call); },
    }); };
    trap(globalThis, "fetch");
    for (const name of ["compile", "instantiate", "Module", "Instance", "Memory"]) trap(WebAssembly, name);
    const before = names();
    for (const entry of process.argv.slice(1)) await import(entry);
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (before !== names()) touched.push("globals: " + names());
    console.log(JSON.stringify({ touched, resources: process.getActiveResourcesInfo() }));`;
  const entries = ["node.js", "index.js", "slim.js"].map((name) => pathToFileURL(join(packageDir, name)).href);
  const run = spawnSync(process.execPath, ["--input-type=module", "--eval", program, ...entries], { encoding: "utf8" });
  assert.equal(run.stderr, "");
  const { touched, resources } = JSON.parse(run.stdout);
  assert.deepEqual(touched, []);
  assert.ok(!resources.includes("MessagePort") && !resources.includes("TCPSocketWrap"), resources.join());
});

test("it runs in Node, and again in a fresh instance", async () => {
  const api = await load("node.js");
  const glue = await load("cloud_witness.js");
  await api.init();
  const info = api.verifierInfo();
  assert.equal(info.name, "cloud-witness");
  assert.equal(info.version, manifest.version);
  glue.__wbg_reset_state();
  assert.deepEqual(api.verifierInfo(), info);
  assert.equal(await api.sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("challenges have the length that was asked for, and differ", async () => {
  const api = await load("node.js");
  await api.init();
  for (const bytes of [8, 32, 64]) {
    const [one, other] = [api.generateChallenge(bytes), api.generateChallenge(bytes)];
    assert.match(one.hex, new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
    assert.equal(one.groups.join(""), one.hex);
    assert.notEqual(one.hex, other.hex);
    assert.deepEqual(api.parseChallenge(one.hex.toUpperCase()), one);
  }
  assert.equal(api.generateChallenge().hex.length, 64);
});
