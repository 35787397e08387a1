// Our package and its peers on npm, side by side in one process: each round verifies each sample once with each
// package, in turning order, so that what else the computer does hits all alike.
//
//   CW_PKG_DIR         our package, built
//   DCAP_QVL_SAMPLES   the folder with the engine's sample quotes and their collateral
//   --json             print JSON instead of Markdown

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus } from "node:os";
import { dirname, join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath, pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { build } from "esbuild";

const { CW_PKG_DIR: ours, DCAP_QVL_SAMPLES: samplesDir } = process.env;
if (!ours || !samplesDir) throw new Error("run this by `cargo xtask bench`");

const WARM_UP = 30;
const ROUNDS = 200;
// Inside of the collateral's window.
const AT = Date.UTC(2025, 5, 20) / 1000;

const require = createRequire(import.meta.url);
const here = dirname(fileURLToPath(import.meta.url));
const manifest = async (name) => JSON.parse(await readFile(join(here, "node_modules", name, "package.json"), "utf8"));

const samples = await Promise.all(
  ["sgx_quote", "tdx_quote"].map(async (name) => ({
    name,
    quote: new Uint8Array(await readFile(join(samplesDir, name))),
    collateral: await readFile(join(samplesDir, `${name}_collateral.json`), "utf8"),
  })),
);

const contenders = [await cloudWitness(), await peerWasm(), await peerJs()];

/** Each package: what it costs to load, and one verification that returns the platform's status. */
async function cloudWitness() {
  const api = await import(pathToFileURL(join(ours, "node.js")).href);
  await api.init();
  return {
    name: `cloud-witness ${api.verifierInfo().version}`,
    files: [join(ours, "cloud_witness_bg.wasm")],
    entry: join(ours, "index.js"),
    verify: async ({ quote, collateral }) =>
      (await api.verify({ evidence: quote, collateral, at: AT })).tcb?.platform_status,
  };
}

async function peerWasm() {
  const name = "@phala/dcap-qvl-web";
  const folder = join(here, "node_modules", name);
  const api = await import(pathToFileURL(join(folder, "dcap-qvl-web.js")).href);
  const wasm = join(folder, "dcap-qvl-web_bg.wasm");
  api.initSync({ module: await readFile(wasm) });
  return {
    name: `${name} ${(await manifest(name)).version}`,
    files: [wasm],
    entry: join(folder, "dcap-qvl-web.js"),
    verify: async ({ quote, collateral }) => api.js_verify(quote, JSON.parse(collateral), BigInt(AT)).status,
  };
}

async function peerJs() {
  const name = "@phala/dcap-qvl";
  const api = require(name);
  return {
    name: `${name} ${(await manifest(name)).version}`,
    files: [],
    entry: require.resolve(name),
    verify: async ({ quote, collateral }) => api.verify(Buffer.from(quote), JSON.parse(collateral), AT).status,
  };
}

const quantile = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)];

async function measureSpeed() {
  const times = new Map(contenders.flatMap((contender) => samples.map((sample) => [`${contender.name} ${sample.name}`, []])));
  const statuses = new Map();
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    for (const sample of samples) {
      for (let turn = 0; turn < contenders.length; turn += 1) {
        const contender = contenders[(turn + round + WARM_UP) % contenders.length];
        const start = performance.now();
        const status = await contender.verify(sample);
        const took = performance.now() - start;
        if (round >= 0) times.get(`${contender.name} ${sample.name}`).push(took);
        statuses.set(`${contender.name} ${sample.name}`, status);
      }
    }
  }
  return samples.map((sample) => {
    const rows = contenders.map((contender) => {
      const sorted = times.get(`${contender.name} ${sample.name}`).sort((a, b) => a - b);
      return {
        name: contender.name,
        status: statuses.get(`${contender.name} ${sample.name}`),
        median: quantile(sorted, 0.5),
        p10: quantile(sorted, 0.1),
      };
    });
    // A package that refuses early is not faster.
    for (const row of rows) {
      if (row.status !== rows[1].status) throw new Error(`${row.name} finds ${row.status} in ${sample.name}`);
    }
    return { sample: sample.name, rows: rows.map((row) => ({ ...row, ratio: row.median / rows[0].median })) };
  });
}

function brotli(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
  return brotliCompressSync(bytes, { params }).length;
}

/** What a browser has to load: the wasm as it is, the JavaScript bundled and minified alike for all. */
async function measureSize() {
  return Promise.all(contenders.map(async ({ name, files, entry }) => {
    const bundle = await build({
      entryPoints: [entry], bundle: true, minify: true, write: false, format: "esm", platform: "browser", logLevel: "error",
    });
    const js = bundle.outputFiles[0].contents;
    const wasm = await Promise.all(files.map((file) => readFile(file)));
    const all = [js, ...wasm];
    const sum = (of, size) => of.reduce((total, bytes) => total + size(bytes), 0);
    const raw = (bytes) => bytes.length;
    return { name, wasm: sum(wasm, raw), js: js.length, raw: sum(all, raw), brotli: sum(all, brotli) };
  }));
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

const milliseconds = (value) => value.toFixed(2);
const bytes = (value) => value.toLocaleString("en");

function markdown({ environment, speed, size }) {
  const parts = [`Node ${environment.node}, ${environment.cpu}; ${environment.rounds} rounds after ${environment.warmUp} to warm up.`];
  for (const { sample, rows } of speed) {
    const cells = rows.map((row) => [row.name, milliseconds(row.median), milliseconds(row.p10), row.ratio.toFixed(2), row.status]);
    parts.push(table([`${sample}, one verification`, "median ms", "p10 ms", "against ours", "status"], cells));
  }
  const cells = size.map((row) => [row.name, bytes(row.wasm), bytes(row.js), bytes(row.raw), bytes(row.brotli)]);
  parts.push(table(["what a browser loads, bytes", "wasm", "JS, minified", "together", "with Brotli"], cells));
  return parts.join("\n\n");
}

const result = {
  environment: { node: process.versions.node, cpu: cpus()[0]?.model ?? "unknown", rounds: ROUNDS, warmUp: WARM_UP },
  speed: await measureSpeed(),
  size: await measureSize(),
};
console.log(process.argv.includes("--json") ? JSON.stringify(result, null, 2) : markdown(result));
