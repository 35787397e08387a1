// Builds the page: dist/ is a folder for any static host, at any path.
//
//   CW_PKG_DIR        the npm package with its built files (default ../pkg)
//   CW_GENERATED_DIR  the folder that holds sample.json (default ./generated)
//   CW_OUT_DIR        where the page goes (default ./dist)

import { build } from "esbuild";
import { copyFile, mkdir, readdir, access } from "node:fs/promises";
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

await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
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
await copyFile(wasm, join(outDir, "cloud_witness_bg.wasm"));
