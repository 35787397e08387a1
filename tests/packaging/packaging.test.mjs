// The packed package in the hands of those who use it: a folder a consumer, each with what a user of it would write. Each
// installs the tarball, builds, runs, and must come to the sample's verdict, with the very same Report.
//
//   CW_TARBALL        the package as `npm pack` makes it
//   CW_SCRATCH        where the consumers are built; what they install stays there for the next time
//   CW_CHROMIUM       the browser
//   DCAP_QVL_SAMPLES  the engine's real quotes

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize, resolve, sep } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(join(here, "../../www/package.json"))("playwright-core");

const given = (name) => {
  assert.ok(process.env[name], `${name} is not set; run this by \`cargo xtask packaging\``);
  return resolve(process.env[name]);
};
const tarball = given("CW_TARBALL");
const scratch = given("CW_SCRATCH");
const samples = given("DCAP_QVL_SAMPLES");

const sample = JSON.stringify({
  quote: readFileSync(join(samples, "sgx_quote")).toString("hex"),
  collateral: readFileSync(join(samples, "sgx_quote_collateral.json"), "utf8"),
  challenge: "48656c6c6f2c20776f726c6421",
  at: Date.UTC(2025, 5, 20) / 1000,
});

/** Kills whatever hangs. */
const LONGEST = 240_000;
const npmCommand = process.platform === "win32" ? "npm.cmd" : "npm";
const quietEnvironment = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "true", NO_COLOR: "1", NODE_OPTIONS: "" };

const execute = promisify(execFile);
async function call(folder, command, ...words) {
  try {
    const { stdout } = await execute(command, words, {
      cwd: folder, env: quietEnvironment, timeout: LONGEST, maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    assert.fail(`${command} ${words.join(" ")}: ${error.message}\n${error.stdout}\n${error.stderr}`);
  }
}

/** A tool that the consumer installed, run by this Node. */
const tool = (folder, ...path) => [process.execPath, join(folder, "node_modules", ...path)];

/** The consumer in a folder of its own, with the tarball installed by npm. */
async function install(name) {
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  for (const left of readdirSync(folder)) {
    if (left !== "node_modules") rmSync(join(folder, left), { recursive: true });
  }
  rmSync(join(folder, "node_modules/cloud-witness"), { recursive: true, force: true });
  cpSync(join(here, name), folder, { recursive: true, filter: (from) => !from.includes("node_modules") });
  cpSync(join(here, "shared"), join(folder, "shared"), { recursive: true });
  cpSync(join(here, "shared/run.js"), join(folder, "shared/run.mjs"));
  mkdirSync(join(folder, "public"), { recursive: true });
  writeFileSync(join(folder, "public/sample.json"), sample);
  await call(folder, npmCommand, "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", tarball);
  const installed = readFileSync(join(folder, "node_modules/cloud-witness/package.json"), "utf8");
  assert.equal(JSON.parse(installed).name, "cloud-witness");
  return folder;
}

let report;
/** Every consumer says the same as the first, to the last character. */
function assertResult(text, what) {
  const result = JSON.parse(text);
  assert.equal(result.verdict, "warning", what);
  assert.equal(result.ppid, "d04ec06d4e6d92dc90d0ad3cf5ee2ddf");
  assert.match(result.challenge, /^[0-9a-f]{64}$/);
  assert.deepEqual(result.refused, ["TypeError INVALID_ARGUMENT at", "Error BUNDLE_UNRECOGNISED "]);
  assert.deepEqual(result.many, [result.report, result.report, "INVALID_ARGUMENT"]);
  assert.equal(JSON.parse(result.report).checks.length, 17);
  report ??= result.report;
  assert.equal(result.report, report, `${what} made another Report`);
}

const table = [];
after(() => {
  for (const row of table) console.log(row.join(" | "));
  const digest = createHash("sha256").update(report ?? "").digest("hex");
  console.log(`one Report in all of them: SHA-256 ${digest}`);
});

/** A row of the table: which consumer, which entry, what became of it, how long it took. */
function consumer(name, entries) {
  test(name, { timeout: 2 * LONGEST }, async (t) => {
    const start = Date.now();
    const folder = await install(name);
    const installed = ((Date.now() - start) / 1000).toFixed(1);
    const { run, close } = await entries(folder);
    try {
      for (const [entry, one] of Object.entries(run)) {
        await t.test(entry, async () => {
          const begin = Date.now();
          const remark = await one();
          table.push([name, entry, "warning", remark ?? "", `${((Date.now() - begin) / 1000).toFixed(1)} s (installed in ${installed} s)`]);
        });
      }
    } finally {
      await close?.();
    }
  });
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm", ".json": "application/json" };

/** The first of these folders that has the file, as a static host would. */
async function serve(...folders) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    const file = folders
      .map((folder) => normalize(join(folder, path.endsWith("/") ? `${path}index.html` : path)))
      .find((candidate, index) => candidate.startsWith(folders[index] + sep) && existsSync(candidate) && statSync(candidate).isFile());
    if (file === undefined) response.writeHead(404).end();
    else response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" }).end(readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((closed) => { server.close(closed); server.closeAllConnections(); }),
  };
}

/** Starts a server of the consumer's, and waits until it answers. It ends with this test. */
async function startServer(folder, url, command, ...words) {
  const child = spawn(command, words, { cwd: folder, env: quietEnvironment, stdio: ["ignore", "pipe", "pipe"], detached: true });
  let printed = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => { printed += data; });
  const ended = new Promise((resolve) => { child.on("exit", resolve); });
  // With what it started itself, which would keep its output open.
  const close = async () => {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      child.kill("SIGKILL");
    }
    await ended;
    for (const stream of [child.stdout, child.stderr]) stream.destroy();
  };
  const until = Date.now() + 60_000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > until) {
      await close();
      assert.fail(`${command} ${words.join(" ")} does not serve:\n${printed}`);
    }
    try {
      await fetch(url, { signal: AbortSignal.timeout(5000) });
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return { close };
}

async function freePort() {
  const server = createServer();
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

let browser;
after(() => browser?.close());

/**
 * The page in Chromium; says where the wasm came from and how many threads there were.
 * @param {{ lost?: RegExp, threads: boolean }} expected  `lost`: the one file that this bundler leaves behind
 */
async function inChromium(url, { lost, threads }) {
  browser ??= await chromium.launch({ executablePath: given("CW_CHROMIUM"), args: ["--no-sandbox", "--disable-gpu"] });
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const seen = { errors: [], lost: [], wasm: 0, workers: 0, elsewhere: [] };
    page.on("pageerror", (error) => seen.errors.push(error.message));
    page.on("worker", () => { seen.workers += 1; });
    page.on("request", (request) => {
      if (/^(blob|data):/.test(request.url())) return;
      if (new URL(request.url()).hostname !== "127.0.0.1") seen.elsewhere.push(request.url());
    });
    page.on("response", (response) => {
      if (response.status() >= 400) seen.lost.push(response.url());
      else if (response.headers()["content-type"]?.startsWith("application/wasm")) seen.wasm += 1;
    });
    await page.goto(url);
    const result = page.locator("[data-result^='{']");
    await result.waitFor({ state: "attached", timeout: 60_000 }).catch((error) => {
      assert.fail(`${error.message}\n${JSON.stringify(seen)}`);
    });
    assertResult(await result.getAttribute("data-result"), url);
    assert.deepEqual(seen.errors, []);
    assert.deepEqual(seen.elsewhere, [], "nothing but this computer is asked");
    if (lost === undefined) assert.deepEqual(seen.lost, []);
    else for (const one of seen.lost) assert.match(one, lost);
    assert.equal(seen.wasm > 0, lost === undefined, "where the wasm came from");
    // One whose script is not there is announced all the same.
    const isThreaded = seen.workers > 0 && !seen.lost.some((one) => one.endsWith("/worker.js"));
    assert.equal(isThreaded, threads, "threads");
    return `wasm from ${seen.wasm > 0 ? "the file" : "inside the module"}, verifyMany on ${isThreaded ? "threads" : "the page's thread"}`;
  } finally {
    await context.close();
  }
}

/** A program that prints its result. */
async function printed(folder, what, command, ...words) {
  assertResult(await call(folder, command, ...words), what);
}

consumer("node-esm", async (folder) => ({
  run: {
    ".": () => printed(folder, "node-esm", process.execPath, "--no-warnings", "main.js"),
    "./slim + ./wasm": () => printed(folder, "node-esm slim", process.execPath, "--no-warnings", "slim.js"),
    "command line": async () => {
      writeFileSync(join(folder, "quote.hex"), JSON.parse(sample).quote);
      writeFileSync(join(folder, "collateral.json"), JSON.parse(sample).collateral);
      const words = ["verify", "quote.hex", "--collateral", "collateral.json", "--collateral-from", "witness", "--challenge", JSON.parse(sample).challenge, "--at", "2025-06-20T00:00:00Z", "--json"];
      const run = await execute(join(folder, "node_modules/.bin/cloud-witness"), words, { cwd: folder }).catch((error) => error);
      assert.equal(run.code, 10, run.stderr);
      assert.equal(JSON.parse(run.stdout).verdict, "warning");
    },
  },
}));

consumer("node-cjs", async (folder) => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const isTaken = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
  const required = (file) => async () => {
    if (isTaken) return printed(folder, `node-cjs ${file}`, process.execPath, "--no-warnings", file);
    // Older ones say what to do instead.
    const { stderr } = await execute(process.execPath, [file], { cwd: folder }).catch((error) => error);
    assert.match(stderr, /ERR_REQUIRE_ESM[^]*dynamic import\(\)/);
    return "not required by this Node, which says so";
  };
  return {
    run: {
      ". by require": required("main.js"),
      ". by import()": () => printed(folder, "node-cjs import", process.execPath, "--no-warnings", "import.js"),
      "./slim + ./wasm by require": required("slim.js"),
    },
  };
});

consumer("browser", async (folder) => {
  const { url, close } = await serve(folder, join(folder, "public"));
  return {
    run: {
      ".": () => inChromium(`${url}/index.html`, { threads: true }),
      "./slim + ./wasm": () => inChromium(`${url}/slim.html`, { threads: false }),
    },
    close,
  };
});

consumer("vite", async (folder) => {
  const vite = tool(folder, "vite/bin/vite.js");
  const port = await freePort();
  const dev = await startServer(folder, `http://127.0.0.1:${port}/`, ...vite, "--host", "127.0.0.1", "--port", String(port), "--strictPort");
  const built = {};
  return {
    run: {
      ". in dev": () => inChromium(`http://127.0.0.1:${port}/`, { threads: true }),
      "./slim + ./wasm in dev": () => inChromium(`http://127.0.0.1:${port}/slim.html`, { threads: false }),
      ". built": async () => {
        await call(folder, ...vite, "build");
        Object.assign(built, await serve(join(folder, "dist")));
        return inChromium(`${built.url}/`, { threads: true });
      },
      "./slim + ./wasm built": () => inChromium(`${built.url}/slim.html`, { threads: false }),
    },
    close: async () => { await dev.close(); await built.close?.(); },
  };
});

consumer("webpack", async (folder) => {
  await call(folder, ...tool(folder, "webpack/bin/webpack.js"));
  const { url, close } = await serve(join(folder, "dist"), join(folder, "public"));
  return {
    run: {
      ".": () => inChromium(`${url}/`, { threads: true }),
      "./slim + ./wasm": () => inChromium(`${url}/slim.html`, { threads: false }),
    },
    close,
  };
});

consumer("esbuild", async (folder) => {
  const esbuild = tool(folder, "esbuild/bin/esbuild");
  const options = ["--bundle", "--format=esm", "--outdir=dist"];
  await call(folder, ...esbuild, "main.js", ...options);
  await call(folder, ...esbuild, "slim.js", ...options, "--loader:.wasm=file");
  // As a program for Node, whose one file stands alone.
  await call(folder, ...esbuild, "node.js", "--bundle", "--format=esm", "--platform=node", "--outfile=dist/node.mjs");
  const { url, close } = await serve(join(folder, "dist"), join(folder, "public"));
  return {
    run: {
      ".": () => inChromium(`${url}/`, { lost: /\/(cloud_witness_bg\.wasm|worker\.js)$/, threads: false }),
      "./slim + ./wasm": () => inChromium(`${url}/slim.html`, { threads: false }),
      ". in one file for Node": () => printed(folder, "esbuild for Node", process.execPath, "--no-warnings", "dist/node.mjs"),
    },
    close,
  };
});

consumer("rollup", async (folder) => {
  await call(folder, ...tool(folder, "rollup/dist/bin/rollup"), "--config");
  cpSync(join(folder, "node_modules/cloud-witness/cloud_witness_bg.wasm"), join(folder, "slim/cloud_witness_bg.wasm"));
  const { url, close } = await serve(join(folder, "dist"), join(folder, "public"), join(folder, "slim"));
  const bare = await serve(join(folder, "dist"), join(folder, "public"));
  return {
    run: {
      ".": () => inChromium(`${bare.url}/`, { lost: /\/(cloud_witness_bg\.wasm|worker\.js)$/, threads: false }),
      "./slim + ./wasm": () => inChromium(`${url}/slim.html`, { threads: false }),
    },
    close: async () => { await close(); await bare.close(); },
  };
});

consumer("next", async (folder) => {
  const next = tool(folder, "next/dist/bin/next");
  await call(folder, ...next, "build");
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { close } = await startServer(folder, `${url}/sample.json`, ...next, "start", "--hostname", "127.0.0.1", "--port", String(port));
  return {
    run: {
      ".": () => inChromium(`${url}/`, { threads: true }),
      "./slim + ./wasm": () => inChromium(`${url}/slim`, { threads: false }),
      ". on the server": async () => assertResult(await (await fetch(`${url}/server`, { method: "POST", body: sample })).text(), "next's server"),
    },
    close,
  };
});

consumer("workerd", async (folder) => {
  // As wrangler does it: its conditions, and wasm as a module of its own.
  const esbuild = tool(folder, "esbuild/bin/esbuild");
  const options = ["--bundle", "--format=esm", "--conditions=workerd,worker,browser", "--loader:.wasm=copy", "--asset-names=[name]", "--outdir=dist"];
  await call(folder, ...esbuild, "main.js", "slim.js", ...options);
  const [main, slim] = [await freePort(), await freePort()];
  const address = (port) => `http://127.0.0.1:${port}/`;
  const { close } = await startServer(folder, address(main), ...tool(folder, "workerd/bin/workerd"), "serve", "config.capnp",
    "--socket-addr", `main=127.0.0.1:${main}`, "--socket-addr", `slim=127.0.0.1:${slim}`);
  const post = (port) => async () => assertResult(await (await fetch(address(port), { method: "POST", body: sample })).text(), `workerd ${port}`);
  return { run: { ".": post(main), "./slim + ./wasm": post(slim) }, close };
});

/** Programs in a package for this platform, which npm chose. */
function platformProgram(folder, scope, name) {
  const packages = readdirSync(join(folder, "node_modules", scope));
  const found = packages.flatMap((one) => [name, `${name}.exe`, `bin/${name}`, `bin/${name}.exe`].map((file) => join(folder, "node_modules", scope, one, file)));
  return found.find((file) => existsSync(file)) ?? assert.fail(`no ${name} in ${packages}`);
}

consumer("deno", async (folder) => {
  const deno = platformProgram(folder, "@deno", "deno");
  // Files may be read; nothing else is allowed, the network least of all.
  const words = ["run", "--quiet", "--no-prompt", "--allow-read", "--cached-only"];
  return {
    run: {
      ".": () => printed(folder, "deno", deno, ...words, "main.js"),
      "./slim + ./wasm": () => printed(folder, "deno slim", deno, ...words, "slim.js"),
    },
  };
});

consumer("bun", async (folder) => {
  const bun = platformProgram(folder, "@oven", "bun");
  return {
    run: {
      ".": () => printed(folder, "bun", bun, "main.js"),
      "./slim + ./wasm": () => printed(folder, "bun slim", bun, "slim.js"),
    },
  };
});
