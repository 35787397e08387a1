// What tools say of the packed package: its manifest, its types for every way of resolving them, its documentation, what is
// left of it in a bundle that does not use it. The examples in its types are run.
//
//   CW_TARBALL, CW_SCRATCH, DCAP_QVL_SAMPLES   as in packaging.test.mjs

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { functionsOf, runExample } from "../node/examples.mjs";
import { fill } from "../node/folder.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { build } = createRequire(join(here, "../../www/package.json"))("esbuild");

for (const name of ["CW_TARBALL", "CW_SCRATCH"]) assert.ok(process.env[name], `${name} is not set; run this by \`cargo xtask packaging\``);
const tarball = resolve(process.env.CW_TARBALL);
const folder = join(resolve(process.env.CW_SCRATCH), "tools");

function run(command, ...words) {
  const made = spawnSync(command, words, { cwd: folder, encoding: "utf8", timeout: 120_000, maxBuffer: 64 * 1024 * 1024 });
  return { ...made, text: `${made.stdout}${made.stderr}` };
}
const tool = (path, ...words) => run(process.execPath, join(folder, "node_modules", path), ...words);

mkdirSync(folder, { recursive: true });
cpSync(join(here, "tools"), folder, { recursive: true, filter: (from) => !from.includes("node_modules") });
rmSync(join(folder, "node_modules/cloud-witness"), { recursive: true, force: true });
const installed = run(process.platform === "win32" ? "npm.cmd" : "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", tarball);
assert.equal(installed.status, 0, installed.text);
const packed = join(folder, "node_modules/cloud-witness");
const manifest = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));

// Where the examples run: a project that has nothing installed but the package.
const own = join(resolve(process.env.CW_SCRATCH), "examples");
rmSync(own, { recursive: true, force: true });
mkdirSync(join(own, "node_modules"), { recursive: true });
symlinkSync(packed, join(own, "node_modules/cloud-witness"), "junction");
await fill(own, packed);

test("what is packed is what the manifest lists, and nothing else", () => {
  const { stdout } = run("tar", "-tzf", tarball);
  const files = stdout.trim().split("\n").map((file) => file.replace("package/", "")).sort();
  assert.deepEqual(files, [...manifest.files, "README.md", "package.json"].sort());
});

test("publint finds nothing, warnings included", () => {
  const { status, text } = tool("publint/src/cli.js", "run", tarball, "--strict");
  assert.equal(status, 0, text);
  assert.match(text, /All good!/);
});

test("are-the-types-wrong finds nothing (an ES module only, which it is told)", () => {
  const { status, stdout, text } = tool("@arethetypeswrong/cli/dist/index.js", tarball, "--profile", "esm-only", "--format", "json");
  assert.equal(status, 0, text);
  const { entrypoints } = JSON.parse(stdout).analysis;
  assert.deepEqual(Object.keys(entrypoints).sort(), Object.keys(manifest.exports).sort());
  const problems = Object.values(JSON.parse(stdout).problems ?? {}).flat();
  assert.deepEqual(problems.filter(({ kind }) => kind !== "CJSResolvesToESM"), []);
});

for (const [module, resolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]]) {
  test(`types: what is right compiles and what is wrong does not (${resolution})`, () => {
    const { status, text } = tool("typescript/bin/tsc", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022",
      "--lib", "es2023,dom,dom.iterable,dom.asynciterable,esnext.disposable", "--types", "node", "--module", module, "--moduleResolution", resolution, "right.ts", "wrong.ts");
    assert.equal(status, 0, text);
  });
}

test("TypeDoc makes its pages without a warning, and every public name is described", () => {
  rmSync(join(folder, "types"), { recursive: true, force: true });
  mkdirSync(join(folder, "types"));
  for (const file of ["index.d.ts", "slim.d.ts"]) cpSync(join(packed, file), join(folder, "types", file));
  const { status, text } = tool("typedoc/bin/typedoc");
  assert.equal(status, 0, text);
  assert.doesNotMatch(text, /warning/);
});

for (const file of ["index.d.ts", "slim.d.ts"]) {
  for (const { name, examples } of functionsOf(readFileSync(join(packed, file), "utf8"))) {
    test(`${file}: the example of ${name} runs and prints what it says`, () => {
      assert.equal(examples.length, 1);
      runExample(own, examples[0]);
    });
  }
}

test("nothing of it is left in a bundle that uses nothing of it", async () => {
  for (const contents of [
    `import "cloud-witness"; import "cloud-witness/slim";`,
    `import { verify } from "cloud-witness"; import * as slim from "cloud-witness/slim";`,
  ]) {
    for (const platform of ["browser", "node"]) {
      const made = await build({ stdin: { contents, resolveDir: folder }, bundle: true, format: "esm", platform, treeShaking: true, minify: true, write: false, logLevel: "silent" });
      assert.equal(made.outputFiles[0].text.trim(), "", `${platform}: ${contents}`);
    }
  }
});

test("slim has no wasm in it, and asks for nothing by itself", async () => {
  const made = await build({ stdin: { contents: `export * from "cloud-witness/slim";`, resolveDir: folder }, bundle: true, format: "esm", write: false });
  const { text } = made.outputFiles[0];
  assert.ok(text.length < 150_000, `${text.length} bytes`);
  assert.doesNotMatch(text, /import\.meta|new Worker\(|\bimport\(/);
});

test("every code that can be thrown is in the types", () => {
  const types = readFileSync(join(packed, "index.d.ts"), "utf8");
  for (const file of manifest.files.filter((name) => name.endsWith(".js") && name !== "inline.js")) {
    for (const [, code] of readFileSync(join(packed, file), "utf8").matchAll(/coded\([^]*?"([A-Z_]+)"\)/g)) assert.ok(types.includes(`"${code}"`), code);
  }
  const rust = ["src/policy.rs", "src/builds.rs", "src/ceremony/signers.rs", "src/collateral/bundle.rs"];
  for (const file of rust) {
    const source = readFileSync(join(here, "../..", file), "utf8");
    for (const [, code] of source.matchAll(/Self::\w+(?: ?\{ ?\.\. ?\}|\(_\))? => "([A-Z_]+)"/g)) assert.ok(types.includes(`"${code}"`), code);
  }
});
