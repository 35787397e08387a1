// Builds the page: dist/ is a folder for any static host, at any path.
//
//   CW_PKG_DIR        the npm package with its built files (default ../pkg)
//   CW_GENERATED_DIR  the folder that holds sample.json (default ./generated)
//   CW_OUT_DIR        where the page goes (default ./dist)

import { build } from "esbuild";
import { access, copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packageDir = resolve(process.env.CW_PKG_DIR ?? join(here, "../pkg"));
const generatedDir = resolve(process.env.CW_GENERATED_DIR ?? join(here, "generated"));
const outDir = resolve(process.env.CW_OUT_DIR ?? join(here, "dist"));

const entry = join(packageDir, "index.js");
const wasm = join(packageDir, "cloud_witness_bg.wasm");
const sample = join(generatedDir, "sample.json");

for (const [file, maker] of [
  [entry, "it is part of the npm package"],
  [wasm, "`cargo xtask pkg` makes it"],
  [sample, "`cargo xtask site` makes it"],
]) {
  await access(file).catch(() => {
    console.error(`missing: ${file} (${maker})`);
    process.exit(1);
  });
}

await mkdir(outDir, { recursive: true });

const bundled = await build({
  metafile: true,
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx", worker: "src/worker.ts" },
  outdir: outDir,
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  alias: { "cloud-witness": entry, "cloud-witness-sample": sample },
  // What is served can be read and compared with the source, so it is not minified.
  minify: false,
  sourcemap: false,
  logLevel: "warning",
});

for (const name of await readdir(join(here, "static"))) {
  await copyFile(join(here, "static", name), join(outDir, name));
}
await writeFile(join(outDir, "THIRD-PARTY.txt"), await notices(bundled.metafile));
await copyFile(wasm, join(outDir, "cloud_witness_bg.wasm"));

/** The licences of the npm packages whose code is in the bundle, as those licences ask. */
async function notices(metafile) {
  const folders = new Set(Object.keys(metafile.inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []));
  const texts = [...folders].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(here, folder, "package.json"), "utf8"));
    const files = (await readdir(join(here, folder))).filter((file) => /^licen[cs]e/i.test(file)).sort();
    if (files.length === 0) throw new Error(`${name} has no licence text`);
    const licences = await Promise.all(files.map((file) => readFile(join(here, folder, file), "utf8")));
    return `${name} ${version} (${license})\n\n${licences.join("\n")}`;
  });
  return (await Promise.all(texts)).join(`\n${"-".repeat(80)}\n\n`);
}
