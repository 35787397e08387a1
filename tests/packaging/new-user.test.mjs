// A new user's path, with the exact lines of README.md, in fresh folders: from `npm install` to a verdict, in Node and in a page
// under Vite. `cloud-witness` is the packed package; all else comes from the registry, as it would for them.
//
//   CW_TARBALL, CW_CHROMIUM   as in packaging.test.mjs

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const { chromium } = createRequire(join(root, "www/package.json"))("playwright-core");
for (const name of ["CW_TARBALL", "CW_CHROMIUM"]) assert.ok(process.env[name], `${name} is not set; run this by \`cargo xtask packaging\``);
const tarball = resolve(process.env.CW_TARBALL);
const readme = readFileSync(join(root, "README.md"), "utf8");

/** The blocks of README that are marked as steps of this path, in their order. */
const steps = (path) => [...readme.matchAll(/^<!-- new user: (\w+)(?: (\S+))? -->\n```\w+\n([^]*?)^```/gm)]
  .filter(([, of]) => of === path).map(([, , file, code]) => ({ file, code }));

function shell(folder, line) {
  // The package is not published while it is tested: its name stands for the tarball.
  const made = spawnSync("sh", ["-euc", line.replace(/^(npm install .*)\bcloud-witness$/, `$1--no-audit --no-fund "${tarball}"`)], { cwd: folder, encoding: "utf8", timeout: 120_000 });
  assert.equal(made.status, 0, `${line}\n${made.stdout}\n${made.stderr}`);
  return made.stdout;
}

function fresh(work) {
  const folder = mkdtempSync(join(tmpdir(), "cloud-witness-new-user-"));
  return Promise.resolve(work(folder)).finally(() => rmSync(folder, { recursive: true }));
}

const seconds = (start) => ((Date.now() - start) / 1000).toFixed(1);
const sample = (name) => join(process.env.DCAP_QVL_SAMPLES, name);
const [quote, collateral] = [sample("sgx_quote"), sample("sgx_quote_collateral.json")];

test("in Node", () => fresh((folder) => {
  writeFileSync(join(folder, "quote.hex"), readFileSync(quote).toString("hex"));
  cpSync(collateral, join(folder, "collateral.json"));
  const start = Date.now();
  let printed = "";
  for (const { file, code } of steps("node")) {
    if (file !== undefined) writeFileSync(join(folder, file), code);
    else for (const line of code.trim().split("\n")) printed = shell(folder, line);
  }
  console.log(`from npm install to a verdict in Node: ${seconds(start)} s`);
  assert.match(printed, /^warning d04ec06d4e6d92dc90d0ad3cf5ee2ddf\n/);
  assert.equal(printed.trim().split("\n").length, 18);
}));

test("in a page under Vite", { timeout: 180_000 }, () => fresh(async (folder) => {
  mkdirSync(join(folder, "public"));
  cpSync(collateral, join(folder, "public/collateral.json"));
  const start = Date.now();
  const [install] = /npm install vite cloud-witness/.exec(readme);
  shell(folder, install);
  for (const { file, code } of steps("vite")) writeFileSync(join(folder, file), code);
  const port = await new Promise((free) => {
    const server = createServer().listen(0, "127.0.0.1", () => { const { port: one } = server.address(); server.close(() => free(one)); });
  });
  assert.match(readme, /`npx vite`/);
  const vite = spawn(process.execPath, [join(folder, "node_modules/vite/bin/vite.js"), "--host", "127.0.0.1", "--port", String(port), "--strictPort"], { cwd: folder, stdio: "ignore" });
  const browser = await chromium.launch({ executablePath: process.env.CW_CHROMIUM, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    for (let tries = 0; ; tries += 1) {
      try {
        await page.goto(`http://127.0.0.1:${port}/`);
        break;
      } catch (error) {
        if (tries > 100) throw error;
        await new Promise((later) => setTimeout(later, 100));
      }
    }
    await page.locator("input").setInputFiles(quote);
    const output = page.locator("output", { hasText: /^Warning, as of 2025-06-20/ });
    await output.waitFor({ timeout: 30_000 });
    console.log(`from npm install to a verdict in a page under Vite: ${seconds(start)} s (${await output.textContent()})`);
  } finally {
    await browser.close();
    vite.kill("SIGKILL");
  }
}));
