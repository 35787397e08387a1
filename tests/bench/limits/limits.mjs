// What the dearest inputs cost in the package, each as large as its importer reads: a table of bytes, seconds and memory.
//
//   node limits.mjs node|chromium [KIND…]
//
//   CW_HARNESS   the tests' harness, which makes the inputs (`harness worst`)
//   CW_PKG_DIR   the package
//   CW_CHROMIUM  the browser, for `chromium`
//   DCAP_QVL_SAMPLES  the sample quotes
//
// Seconds are of the processor, all threads of the process together: other work on this computer does not count. A bad
// answer is asked for twice (pkg/settle.js); `runs` says how often, and the seconds are of all of them. Memory is what
// the process had at its peak above what it had before, and the wasm's own.

import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PKG = process.env.CW_PKG_DIR;
const mib = (bytes) => Math.ceil(bytes / 1024 / 1024);
/** No input is waited for any longer. */
const PATIENCE = 120_000;
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const [engine, ...named] = process.argv.slice(2);
if (process.send !== undefined) {
  process.once("message", inThisProcess);
  process.send("ready");
} else {
  await table({ node: inNode, chromium: inChromium }[engine]);
}

async function table(measure) {
  const harness = (...given) => execFileSync(process.env.CW_HARNESS, given, { encoding: "utf8" });
  const kinds = named.length > 0 ? named : harness("worst").trim().split("\n");
  const folder = await mkdtemp(join(tmpdir(), "limits-"));
  const file = join(folder, "input");
  const samples = process.env.DCAP_QVL_SAMPLES;
  console.log("| input | bytes | seconds | runs | MiB | wasm's MiB | found |\n|---|---|---|---|---|---|---|");
  try {
    for (const kind of kinds) {
      const entered = JSON.parse(harness("worst", kind, file));
      const isBundle = /^(bundle|collateral)-/.test(kind);
      const sgx = isBundle ? (await readFile(join(samples, "sgx_quote"))).toString("hex") : null;
      const { size } = await stat(file);
      const row = await within(measure(file, { kind, entered, sgx })).catch((error) => error);
      const cells = row instanceof Error
        ? ["?", "?", "?", "?", row.message.split("\n")[0]]
        : [row.cpu.toFixed(1), row.runs, mib(row.peak), mib(row.memory), row.said];
      console.log(`| ${[kind, size, ...cells].join(" | ")} |`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function within(answer) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), PATIENCE);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** One line of a process's status, in bytes. */
async function status(pid, line) {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(text.match(new RegExp(`^${line}:\\s+(\\d+) kB`, "m"))[1]) * 1024;
}

/** A process of its own, so that its peak is this input's. */
async function inNode(file, asked) {
  const child = fork(fileURLToPath(import.meta.url), { stdio: "inherit" });
  try {
    await once(child, "message");
    child.send({ file, asked });
    const [row] = await once(child, "message");
    return row;
  } finally {
    child.kill();
  }
}

async function inThisProcess({ file, asked }) {
  const { ask } = await import("./ask.js");
  const api = await import(pathToFileURL(join(PKG, "node.js")).href);
  await api.init();
  const before = await status("self", "VmRSS");
  const input = await readFile(file);
  const began = process.cpuUsage();
  const answer = await ask(api, asked, input);
  const { user, system } = process.cpuUsage(began);
  process.send({ ...answer, cpu: (user + system) / 1e6, peak: (await status("self", "VmHWM")) - before });
}

/** A browser of its own, for the same reason. */
async function inChromium(file, asked) {
  const { chromium } = createRequire(join(HERE, "../../../www/"))("playwright-core");
  const server = await serve(file);
  const browser = await chromium.launch({ executablePath: process.env.CW_CHROMIUM, args: FLAGS });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.evaluate(async () => {
      window.worker = new Worker("/limits/worker.js", { type: "module" });
      await new Promise((ready, failed) => Object.assign(window.worker, { onmessage: ready, onerror: failed }));
    });
    const devtools = await browser.newBrowserCDPSession();
    const tabs = async () => {
      const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
      const renderers = processInfo.filter(({ type }) => type === "renderer");
      return Promise.all(renderers.map(async ({ id, cpuTime }) => ({ id, cpuTime, rss: await status(id, "VmRSS") })));
    };
    const before = await tabs();
    const answer = await page.evaluate((question) => new Promise((resolve, reject) => {
      window.worker.onmessage = ({ data }) => resolve(data);
      window.worker.onerror = ({ message }) => reject(new Error(message));
      window.worker.postMessage(question);
    }), asked);
    // Another process waits for the next page: the tab's is the one that worked.
    const rises = (await tabs()).flatMap(({ id, cpuTime }) => {
      const began = before.find((one) => one.id === id);
      return began === undefined ? [] : [{ id, cpu: cpuTime - began.cpuTime, rss: began.rss }];
    });
    const { id, cpu, rss } = rises.reduce((most, one) => (one.cpu > most.cpu ? one : most));
    return { ...answer, cpu, peak: (await status(id, "VmHWM")) - rss };
  } finally {
    await browser.close();
    server.close();
    server.closeAllConnections();
  }
}

/** The package, these files and the input, for this computer only. */
async function serve(input) {
  const folders = { "/pkg/": PKG, "/limits/": HERE };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    try {
      const [type, body] = pathname === "/" ? ["text/html", "<!doctype html><title>limits</title>"]
        : pathname === "/input" ? ["application/octet-stream", await readFile(input)]
          : await fromFolder(folders, pathname);
      response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function fromFolder(folders, pathname) {
  const [prefix, folder] = Object.entries(folders).find(([start]) => pathname.startsWith(start));
  const file = normalize(join(folder, pathname.slice(prefix.length)));
  if (!file.startsWith(normalize(folder + sep))) throw new Error("outside");
  return [TYPES[extname(file)] ?? "application/octet-stream", await readFile(file)];
}
