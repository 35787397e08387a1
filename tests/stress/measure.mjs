// Appraises in one engine until enough answers are there, and counts: wrong ones, and instances that stopped answering.

import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { launch } from "../engines/index.mjs";
import { end, within } from "../engines/programs.mjs";
import { serve } from "./serve.mjs";

/** An instance that gives no answer for so long will give none: an appraisal takes some milliseconds, the first one a second. */
export const PATIENCE_MS = 20_000;

/**
 * Each sample so often per fresh instance. The flaw that this looks for strikes while a module's functions move from the
 * interpreter to the first compiler: later turns would add answers, but nothing that could be wrong (docs/webkit.md).
 */
export const TURNS = 6;

/** For a browser to start and to load an empty page. */
const LOADING_MS = 60_000;

/** So many fresh instances in one process of the jsc shell, one after the other. */
export const INSTANCES = 30;

/** A browser is started anew after so many rounds: what earlier workers left behind must not slow later ones down. */
const ROUNDS_PER_BROWSER = 200;

/** An engine that fails so often in a row, with no answer between, is no engine to measure. */
const FAILURES_IN_A_ROW = 3;

/**
 * @typedef {object} Plan
 * @property {string} pkg  the folder of the package
 * @property {import("./references.mjs").Sample[]} samples
 * @property {number} appraisals  so many answers at least
 * @property {number} seconds  but no longer than this
 * @property {number} [workers]  at a time; in browsers
 * @property {number} [patience]
 * @property {number} [turns]
 * @property {(line: string) => void} [say]
 *
 * @typedef {{ answered: number, wrong: { name: string, turn: number, wrong: string }[], hung: number, seconds: number, version: string }} Count
 */

/**
 * In fresh workers of a browser's page.
 * @param {string} engine
 * @param {Plan} plan
 * @returns {Promise<Count>}
 */
export async function inBrowser(engine, plan) {
  const { pkg, samples, workers = 1, patience = PATIENCE_MS, turns = TURNS } = plan;
  // A page whose own thread does not answer either is as good as a worker that does not: it is ended from here.
  const longest = turns * samples.length * patience + patience;
  const server = await serve(pkg, samples);
  const count = counting(plan);
  let browser;
  const open = async () => {
    browser = await launch(engine);
    count.version = browser.version;
    const page = await browser.open(server.url);
    await page.evaluate(ready);
    return page;
  };
  try {
    while (count.goesOn()) {
      let page = await within(LOADING_MS, `${engine}, opening the page`, open()).catch((error) => count.add(broken(error)));
      for (let rounds = 0; page !== undefined && rounds < ROUNDS_PER_BROWSER && count.goesOn(); rounds += 1) {
        const asked = page.evaluate((given) => globalThis.round(given), { workers, turns, patience });
        const seen = await within(longest, engine, asked).catch(broken);
        count.add(seen);
        // What hangs goes on using a core, or its process is gone: the browser is ended, and the rest asked of another.
        if (seen.hung > 0) page = undefined;
      }
      await browser?.close();
      browser = undefined;
    }
  } finally {
    await browser?.close();
    server.close();
  }
  return count.result();
}

const ready = async () => {
  while (globalThis.round === undefined) await new Promise((later) => setTimeout(later, 10));
};

const broken = (error) => ({ answered: 0, wrong: [], hung: 1, why: String(error.message) });

/**
 * In processes of WebKit's own shell, each with many fresh instances: the same engine without a browser around it.
 * @param {string} program
 * @param {Plan} plan
 * @returns {Promise<Count>}
 */
export async function inShell(program, plan) {
  const folder = await mkdtemp(join(tmpdir(), "cloud-witness-stress-"));
  const count = counting(plan);
  try {
    await layOut(folder, plan);
    while (count.goesOn()) count.add(await oneProcess(program, folder, plan, count.left()));
  } finally {
    await rm(folder, { recursive: true });
  }
  return count.result();
}

/** A module is loaded once per path: so a folder for each instance. */
async function layOut(folder, { pkg, samples }) {
  const here = fileURLToPath(new URL(".", import.meta.url));
  for (let instance = 0; instance < INSTANCES; instance += 1) {
    await cp(pkg, join(folder, String(instance)), {
      recursive: true,
      filter: (path) => !path.includes("node_modules") && !/\.wasm$|inline\.js$|\.tgz$/.test(path),
    });
  }
  await cp(join(pkg, "cloud_witness_bg.wasm"), join(folder, "cloud_witness_bg.wasm"));
  await mkdir(join(folder, "stress"));
  for (const name of ["jsc.js", "jsc-globals.js", "turns.js"]) await cp(join(here, name), join(folder, "stress", name));
  await writeFile(join(folder, "samples.json"), JSON.stringify(samples));
}

async function oneProcess(program, folder, { patience = PATIENCE_MS, turns = TURNS, samples }, left) {
  const instances = Math.min(INSTANCES, Math.ceil(left / (turns * samples.length)));
  const child = spawn(program, ["--module-file=stress/jsc.js", "--", String(instances), String(turns)], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const leave = () => end(child);
  process.once("exit", leave);
  const seen = { answered: 0, wrong: [], hung: 0 };
  const closed = new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(code === 0 ? undefined : `ended with ${signal ?? code}`));
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said = (said + text).slice(-2000)));
  let isDone = false;
  const late = () => {
    seen.hung = 1;
    leave();
  };
  let timer = setTimeout(late, patience);
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(timer);
    timer = setTimeout(late, patience);
    if (line === "done") isDone = true;
    if (!line.startsWith("{")) continue;
    const answer = JSON.parse(line);
    seen.answered += 1;
    if (answer.wrong !== undefined) seen.wrong.push(answer);
  }
  const why = await closed;
  clearTimeout(timer);
  process.off("exit", leave);
  // A process that ended before its time: as good as one that hangs.
  if (!isDone && seen.hung === 0) return { ...seen, hung: 1, why: `${why ?? "ended early"} ${said}`.trim() };
  return seen;
}

function counting({ appraisals, seconds, say = () => {} }) {
  const start = performance.now();
  const passed = () => (performance.now() - start) / 1000;
  const sum = { answered: 0, wrong: [], hung: 0 };
  let failures = 0;
  return {
    version: "",
    left: () => appraisals - sum.answered,
    goesOn: () => sum.answered < appraisals && passed() < seconds,
    add({ answered, wrong, hung, why }) {
      sum.answered += answered;
      sum.wrong.push(...wrong);
      sum.hung += hung;
      if (hung > 0) say(`no answer any more${why === undefined ? "" : ` (${why})`}: ended, and done anew`);
      failures = answered > 0 ? 0 : failures + 1;
      if (failures === FAILURES_IN_A_ROW) throw new Error(`gives no answer at all: ${why ?? "nothing was said"}`);
    },
    result() {
      return { ...sum, seconds: passed(), version: this.version };
    },
  };
}
