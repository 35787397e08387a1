// Builds the page: dist/ is a folder for any static host, at any path.
//
//   CW_PKG_DIR        the npm package with its built files (default ../pkg)
//   CW_GENERATED_DIR  sample.json, collateral.json and notices.txt, from the Rust side; npm-packages.json, which tells
//                     it whose code is in the page; docs.json, the texts of docs/ (default ./generated)
//   CW_OUT_DIR        where the page goes (default ./dist)

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { docs } from "./docs.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const packageDir = resolve(process.env.CW_PKG_DIR ?? join(here, "../pkg"));
const generatedDir = resolve(process.env.CW_GENERATED_DIR ?? join(here, "generated"));
const outDir = resolve(process.env.CW_OUT_DIR ?? join(here, "dist"));

const WASM = "cloud_witness_bg.wasm";
const COLLATERAL = "collateral.json";
const WORKER = "worker.js";

// The page brings the wasm itself.
const entry = join(packageDir, "slim.js");
const wasm = join(packageDir, WASM);
const sample = join(generatedDir, "sample.json");
const collateral = join(generatedDir, COLLATERAL);
const rustNotices = join(generatedDir, "notices.txt");

for (const [file, maker] of [
  [entry, "it is part of the npm package"],
  [wasm, "`cargo xtask pkg` makes it"],
  ...[sample, collateral, rustNotices].map((file) => [file, "`cargo xtask site` makes it"]),
]) {
  await access(file).catch(() => {
    console.error(`missing: ${file} (${maker})`);
    process.exit(1);
  });
}

const esbuildOptions = {
  absWorkingDir: here,
  outdir: outDir,
  write: false,
  metafile: true,
  bundle: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  // What is served can be read and compared with the source, so it is not minified.
  minify: false,
  sourcemap: false,
  logLevel: "warning",
};

const alias = (host) => ({
  "cloud-witness": entry,
  "cloud-witness-sample": sample,
  "cloud-witness-docs": join(generatedDir, "docs.json"),
  "cloud-witness-host": join(here, `src/host/${host}.ts`),
});

/** The files that the page needs, with their SHA-256: the service worker keeps these, and only these. */
const kept = {};

await mkdir(outDir, { recursive: true });
await writeFile(join(generatedDir, "docs.json"), JSON.stringify(await docs(join(here, ".."))));

const page = await build({
  ...esbuildOptions,
  entryPoints: { app: "src/main.tsx", worker: "src/worker.ts" },
  alias: alias("site"),
});
const packages = await npmPackages(page.metafile);
await writeFile(join(generatedDir, "npm-packages.json"), JSON.stringify(packages.map(({ name, version, license }) => ({ name, version, license }))));
const licences = [...packages.map(notice), await readFile(rustNotices, "utf8")].join(`\n${"-".repeat(80)}\n\n`);
for (const { path, contents } of page.outputFiles) await keep(path.slice(outDir.length + 1), contents);
await keep("index.html", await index());
await keep("style.css", await readFile(join(here, "static/style.css")));
await keep("THIRD-PARTY.txt", licences);
await keep(WASM, await readFile(wasm));

await put("sw.js", await serviceWorker());
await put("cloud-witness.html", await oneFile());
await put(COLLATERAL, await readFile(collateral));
// Hosts that take this file do not serve it.
await put("_headers", await readFile(join(here, "static/_headers")));

async function put(name, content) {
  await writeFile(join(outDir, name), content);
}

async function keep(name, content) {
  kept[name] = createHash("sha256").update(content).digest("hex");
  await put(name, content);
}

/** With the icon inside: a browser asks for one that is a file again and again, also while the page is at work. */
async function index() {
  const icon = (await readFile(join(here, "static/favicon.svg"))).toString("base64");
  const html = await readFile(join(here, "static/index.html"), "utf8");
  return html.replaceAll(/(?<=(?:href|src)=")favicon\.svg(?=")/g, `data:image/svg+xml;base64,${icon}`);
}

/** The service worker, which knows its build. Any change of it makes another build. */
async function serviceWorker() {
  const files = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
  const source = await readFile(join(here, "src/sw.ts"));
  const digest = createHash("sha256").update(JSON.stringify(files)).update(source).digest("hex");
  const made = await build({
    ...esbuildOptions,
    // Not every browser takes a module here.
    format: "iife",
    entryPoints: { sw: "src/sw.ts" },
    define: { BUILD: JSON.stringify({ digest, files }) },
  });
  return made.outputFiles[0].contents;
}

/** The page in one file, for opening from a disk: its policy names its one script and its one style by their hashes. */
async function oneFile() {
  const inside = { [COLLATERAL]: collateral, [WASM]: wasm };
  const { outputFiles: [worker] } = await build({
    ...esbuildOptions,
    // From a Blob of a page on a disk, not every browser takes a module.
    format: "iife",
    entryPoints: { worker: "src/worker.ts" },
    alias: alias("one-file"),
  });
  const made = await build({
    ...esbuildOptions,
    entryPoints: { app: "src/main.tsx" },
    alias: alias("one-file"),
    plugins: [{
      name: "files inside",
      setup(plugin) {
        plugin.onResolve({ filter: /^cloud-witness-inside\// }, ({ path }) => ({ path: path.slice(path.indexOf("/") + 1), namespace: "inside" }));
        plugin.onLoad({ filter: /./, namespace: "inside" }, async ({ path }) => (
          path === WORKER ? { contents: worker.text, loader: "text" } : { contents: await readFile(inside[path]), loader: "binary" }
        ));
      },
    }],
  });
  const script = `\n${made.outputFiles[0].text}`;
  const style = `\n${await readFile(join(here, "static/style.css"), "utf8")}`;
  const policy = [
    "default-src 'none'", `script-src ${source(script)} 'wasm-unsafe-eval'`, `style-src ${source(style)}`, "img-src data:",
    "connect-src 'none'", "worker-src blob:", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
    "trusted-types own-scripts",
  ].join("; ");
  let html = await index();
  for (const [from, to] of [
    [/(?<=http-equiv="Content-Security-Policy" content=")[^"]+/, policy],
    [/<link rel="stylesheet" href="style\.css">/, `<style>${insideOf("style", style)}</style>`],
    [/<script type="module" src="app\.js"><\/script>/, `<script type="module">${insideOf("script", script)}</script>`],
    // All that is left to see when the policy blocks the script.
    [/(?<=<p class="loading">Loading the page…)/, " If this stays, the file is damaged or was changed: get it anew, and compare its SHA-256."],
    // No script: a browser neither runs nor shows it.
    [/(?=\n {2}<\/body>)/, `\n    <script type="text/plain" id="licences">\n${insideOf("script", licences)}</script>`],
  ]) {
    if (!from.test(html)) throw new Error(`static/index.html has nothing like ${from}`);
    html = html.replace(from, () => to);
  }
  return html;
}

/** How a content security policy names an inline script or style. */
function source(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** As it can stand between tags: HTML would end, or read differently, what has one of these. */
function insideOf(tag, text) {
  if (/<!--|\r|\0/.test(text) || text.toLowerCase().includes(`</${tag}`)) throw new Error(`this cannot stand inside <${tag}>`);
  return text;
}

/** The npm packages whose code is in the bundle. */
async function npmPackages(metafile) {
  const folders = new Set(Object.keys(metafile.inputs).flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []));
  return Promise.all([...folders].sort().map(async (folder) => ({
    ...JSON.parse(await readFile(join(here, folder, "package.json"), "utf8")),
    folder,
    licenceFiles: (await readdir(join(here, folder))).filter((file) => /^licen[cs]e/i.test(file)).sort(),
  })));
}

/** A package's licence, as that licence asks. */
function notice({ name, version, license, folder, licenceFiles }) {
  if (licenceFiles.length === 0) throw new Error(`${name} has no licence text`);
  const texts = licenceFiles.map((file) => readFileSync(join(here, folder, file), "utf8"));
  return `${name} ${version} (${license})\n\n${texts.join("\n").replaceAll("\r\n", "\n")}`;
}
