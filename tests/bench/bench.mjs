// Our package and its peers on npm, side by side in one run: one verification with collateral that was never seen and
// with collateral that was, many, and the first verdict after navigation; in Node and in Chromium. Writes docs/bench.md
// and docs/bench.svg, or prints JSON.
//
//   CW_PKG_DIR         our package, built
//   CW_SITE_DIR        the page, whose first load is measured in bytes
//   CW_CHROMIUM        the browser
//   CW_NATIVE          the engine by itself, with ring (tests/bench/native)
//   CW_DOCS_DIR        where bench.md and bench.svg go
//   DCAP_QVL_SAMPLES   the folder with the engine's sample quotes and their collateral
//   --json             print JSON and write nothing

import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { build } from "esbuild";

import { launch, serve } from "../../www/tests/harness.mjs";
import { chart } from "./chart.mjs";
import { AT, cloudWitness, measureMany, measureOne, peerJs, peerWasm, summary } from "./contenders.js";

const { CW_PKG_DIR: ours, CW_SITE_DIR: site, CW_NATIVE: native, CW_DOCS_DIR: docs, DCAP_QVL_SAMPLES: samplesDir } = process.env;
if (!ours || !site || !native || !docs || !samplesDir) throw new Error("run this by `cargo xtask bench`");

const ROUNDS = 150;
const WARM_UP = 20;
const QUOTES = 1000;
const LOADS = 9;

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const folderOf = (name) => join(here, "node_modules", name);
const versionOf = async (name) => JSON.parse(await readFile(join(folderOf(name), "package.json"), "utf8")).version;
const PEER_WASM = "@phala/dcap-qvl-web";
const PEER_JS = "@phala/dcap-qvl";
const versions = { [PEER_WASM]: await versionOf(PEER_WASM), [PEER_JS]: await versionOf(PEER_JS) };

const samples = await Promise.all(["sgx_quote", "tdx_quote"].map(async (name) => ({
  name,
  quote: new Uint8Array(await readFile(join(samplesDir, name))),
  collateral: await readFile(join(samplesDir, `${name}_collateral.json`), "utf8"),
})));

async function inNode() {
  const api = await import(pathToFileURL(join(ours, "node.js")).href);
  await api.init();
  const peer = await import(pathToFileURL(join(folderOf(PEER_WASM), "dcap-qvl-web.js")).href);
  peer.initSync({ module: await readFile(join(folderOf(PEER_WASM), "dcap-qvl-web_bg.wasm")) });
  const contenders = [
    cloudWitness(api, await import(pathToFileURL(join(ours, "cloud_witness.js")).href)),
    peerWasm(peer, versions[PEER_WASM]),
    peerJs(require(PEER_JS), versions[PEER_JS]),
  ];
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  const one = (isCold, clock) => measureOne(contenders, samples, { rounds: ROUNDS, warmUp: WARM_UP, clock, isCold });
  return {
    cold: await one(true, cpu),
    warm: await one(false, cpu),
    many: await measureMany(contenders, samples[0], { quotes: QUOTES, workers: [1, 2] }),
  };
}

/** The same in a browser, cross-origin isolated so that its clock is fine; then each package from nothing. */
async function inChromium() {
  const folder = await mkdtemp(join(tmpdir(), "cloud-witness-bench-"));
  const put = (name, content) => writeFile(join(folder, name), content);
  await cp(ours, join(folder, "ours"), { recursive: true, filter: (path) => !path.includes("node_modules") });
  await cp(folderOf(PEER_WASM), join(folder, "peer"), { recursive: true });
  await cp(join(here, "contenders.js"), join(folder, "contenders.js"));
  await mkdir(join(folder, "js"));
  await build({
    entryPoints: [require.resolve(PEER_JS)], bundle: true, format: "esm", platform: "browser", outfile: join(folder, "js/peer.js"),
    logLevel: "error", define: { global: "globalThis" }, inject: [join(here, "buffer.js")],
  });
  for (const { name, quote, collateral } of samples) {
    await put(`${name}.bin`, quote);
    await put(`${name}.json`, collateral);
  }
  await put("index.html", "<!doctype html><meta charset=utf-8><link rel=icon href='data:,'><title>bench</title>");
  const server = await serve(folder, { headers: { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp", "cross-origin-resource-policy": "same-origin" } });
  const browser = await launch();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(server.url);
    page.setDefaultTimeout(0);
    const measured = await page.evaluate(async ({ names, known, rounds, warmUp, quotes }) => {
      if (!crossOriginIsolated) throw new Error("the clock is coarse");
      const bench = await import("/contenders.js");
      const api = await import("/ours/index.js");
      await api.init();
      const peer = await import("/peer/dcap-qvl-web.js");
      await peer.default("/peer/dcap-qvl-web_bg.wasm");
      const js = await import("/js/peer.js");
      const contenders = [
        bench.cloudWitness(api, await import("/ours/cloud_witness.js")),
        bench.peerWasm(peer, known["@phala/dcap-qvl-web"]),
        bench.peerJs(js.default ?? js, known["@phala/dcap-qvl"]),
      ];
      const samples = await Promise.all(names.map(async (name) => ({
        name,
        quote: new Uint8Array(await (await fetch(`/${name}.bin`)).arrayBuffer()),
        collateral: await (await fetch(`/${name}.json`)).text(),
      })));
      const one = (isCold) => bench.measureOne(contenders, samples, { rounds, warmUp, clock: () => performance.now(), isCold });
      return {
        cold: await one(true),
        warm: await one(false),
        // The port in JavaScript would take minutes.
        many: await bench.measureMany(contenders.slice(0, 2), samples[0], { quotes, workers: [1, 2] }),
      };
    }, { names: samples.map(({ name }) => name), known: versions, rounds: ROUNDS, warmUp: WARM_UP, quotes: QUOTES });
    await page.context().close();
    return { ...measured, first: await firstVerdicts(browser, server.url) };
  } finally {
    await browser.close();
    await server.close();
    await rm(folder, { recursive: true });
  }
}

/** From an empty browser to the first verdict: fetch, compile, instantiate, verify, in turning order. */
async function firstVerdicts(browser, url) {
  const seen = { ours: [], peer: [] };
  for (let run = 0; run < LOADS; run += 1) {
    for (const who of run % 2 === 0 ? ["ours", "peer"] : ["peer", "ours"]) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(url);
      seen[who].push(await page.evaluate(async ({ who: asked, at }) => {
        const start = performance.now();
        const script = asked === "ours" ? "/ours/slim.js" : "/peer/dcap-qvl-web.js";
        const wasm = asked === "ours" ? "/ours/cloud_witness_bg.wasm" : "/peer/dcap-qvl-web_bg.wasm";
        const [api, bytes, quote, collateral] = await Promise.all([
          import(script),
          fetch(wasm).then((response) => response.arrayBuffer()),
          fetch("/sgx_quote.bin").then((response) => response.arrayBuffer()),
          fetch("/sgx_quote.json").then((response) => response.text()),
        ]);
        const fetched = performance.now();
        const module = await WebAssembly.compile(bytes);
        const compiled = performance.now();
        if (asked === "ours") await api.init(module);
        else api.initSync({ module });
        const instantiated = performance.now();
        if (asked === "ours") await api.verify({ evidence: quote, collateral, at });
        else api.js_verify(new Uint8Array(quote), JSON.parse(collateral), BigInt(at));
        const end = performance.now();
        return { fetch: fetched - start, compile: compiled - fetched, instantiate: instantiated - compiled, verify: end - instantiated, all: end - start };
      }, { who, at: AT }));
      await context.close();
    }
  }
  const medians = (runs) => Object.fromEntries(Object.keys(runs[0]).map((key) => [key, summary(runs.map((run) => run[key])).median]));
  return { ours: medians(seen.ours), peer: medians(seen.peer) };
}

function brotli(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
  return brotliCompressSync(bytes, { params }).length;
}

/** What a browser has to load: the wasm as it is, the JavaScript bundled and minified alike for all; and our page. */
async function sizes() {
  const sizeOf = async (entry, wasm) => {
    const bundle = await build({ entryPoints: [entry], bundle: true, minify: true, write: false, format: "esm", platform: "browser", logLevel: "error" });
    const wasmBytes = wasm === undefined ? Buffer.alloc(0) : await readFile(wasm);
    const js = Buffer.from(bundle.outputFiles[0].contents);
    return { wasm: wasmBytes.length, wasm_brotli: wasmBytes.length === 0 ? 0 : brotli(wasmBytes), js: js.length, js_brotli: brotli(js) };
  };
  // What the page asks for when it is opened: not the service worker, its lists, or the one file.
  const later = new Set(["sw.js", "cloud-witness.html", "_headers", "SHA256SUMS", "sbom.cdx.json", "THIRD-PARTY.txt", "collateral.json"]);
  const files = await Promise.all((await readdir(site)).map(async (name) => ({ name, size: brotli(await readFile(join(site, name))) })));
  const sum = (of) => of.reduce((total, { size }) => total + size, 0);
  return {
    packages: [
      { name: "cloud-witness", ...(await sizeOf(join(ours, "slim.js"), join(ours, "cloud_witness_bg.wasm"))) },
      { name: PEER_WASM, ...(await sizeOf(join(folderOf(PEER_WASM), "dcap-qvl-web.js"), join(folderOf(PEER_WASM), "dcap-qvl-web_bg.wasm"))) },
      { name: PEER_JS, ...(await sizeOf(require.resolve(PEER_JS))) },
    ],
    page: {
      brotli: sum(files.filter(({ name }) => !later.has(name))),
      collateral_brotli: sum(files.filter(({ name }) => name === "collateral.json")),
    },
  };
}

const result = {
  environment: { node: process.versions.node, cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, rounds: ROUNDS },
  native: JSON.parse(execFileSync(native, [samplesDir, String(AT), String(ROUNDS)], { encoding: "utf8" })),
  node: await inNode(),
  chromium: await inChromium(),
  size: await sizes(),
};

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const ms = (value) => value.toFixed(2);
const times = (value) => `${value.toFixed(1)}×`;
const kilobytes = (value) => (value / 1000).toFixed(0);

function oneTable(measured, of) {
  const rows = measured.flatMap(({ sample, rows: each }) => each.map((row) => [
    `${sample}: ${row.name}`, ms(row.median), ms(row.p10), times(row.median / each[0].median), times(row.p10 / of.native[sample].p10),
  ]));
  return table(["", "median ms", "p10 ms", "median, against ours", "p10, against native with ring"], rows);
}

function manyTable(rows) {
  const peer = rows.find(({ name }) => name.startsWith(PEER_WASM));
  return table(["", "quotes a second", `against ${PEER_WASM}`], rows.map(({ name, workers, per_second }) => [
    `${name}${workers === 0 ? ", in the asking thread" : `, ${workers} thread${workers === 1 ? "" : "s"}`}`,
    per_second.toFixed(0), times(per_second / peer.per_second),
  ]));
}

function markdown(of) {
  const { first } = of.chromium;
  const stages = ["fetch", "compile", "instantiate", "verify", "all"];
  return `# Speed and size

Written by \`cargo xtask bench\`: all in one run, in turning order, on ${of.environment.cores} shared cores (${of.environment.cpu}), Node
${of.environment.node}. Absolute values drift with what else the computer does; the ratios hold. Cold: the collateral was never
seen. Warm: it was, so we remember what its text says, and the six signatures of nine that every machine of a kind shares; the
others remember nothing.

![Milliseconds a verification](bench.svg)

## One verification in Node, CPU

Cold:

${oneTable(of.node.cold, of)}

Warm:

${oneTable(of.node.warm, of)}

## One verification in Chromium

Cold:

${oneTable(of.chromium.cold, of)}

Warm:

${oneTable(of.chromium.warm, of)}

## ${QUOTES} quotes with one collateral

In Node:

${manyTable(of.node.many)}

In Chromium:

${manyTable(of.chromium.many)}

## The first verdict in Chromium, from nothing, milliseconds (median of ${LOADS})

${table(["", ...stages], [["cloud-witness", ...stages.map((stage) => ms(first.ours[stage]))], [PEER_WASM, ...stages.map((stage) => ms(first.peer[stage]))]])}

From this computer's own server, so fetching takes next to nothing.

## What a browser loads, kB

${table(["", "wasm", "wasm, Brotli", "JS, minified", "JS, Brotli"], of.size.packages.map((each) => [each.name, kilobytes(each.wasm), kilobytes(each.wasm_brotli), kilobytes(each.js), kilobytes(each.js_brotli)]))}

The page's first load: ${kilobytes(of.size.page.brotli)} kB with Brotli, and ${kilobytes(of.size.page.collateral_brotli)} kB of collateral.
`;
}

if (process.argv.includes("--json")) {
  console.log(JSON.stringify(result, null, 2));
} else {
  await writeFile(join(docs, "bench.md"), markdown(result));
  await writeFile(join(docs, "bench.svg"), chart(result));
  console.log(markdown(result));
}
