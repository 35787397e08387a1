// Asks engines for the answers that Node gives to genuine quotes, from fresh instances, and prints how many were wrong.
//
//   CW_PKG_DIR         our package, built
//   DCAP_QVL_SAMPLES   the folder with genuine quotes and their collateral
//   CW_CHROMIUM, CW_FIREFOX, CW_WEBKIT_DRIVER, CW_XVFB, CW_JSC   the programs, else they are looked for on the PATH
//   ENGINE…            chromium, firefox, webkit, jsc
//   --appraisals N     for each row of the table
//   --workers N        only so many at a time, instead of one and then two
//   --damaged          quotes with one bit changed: what must never be accepted, instead of what must
//
// Variables of the engines themselves are passed on: JSC_useBBQJIT=false, say.

import { parseArgs } from "node:util";

import { find } from "../engines/programs.mjs";
import { judge } from "./judge.mjs";
import { inBrowser, inShell, INSTANCES } from "./measure.mjs";
import { difference, references } from "./references.mjs";

/** An engine gets so long for its answers: many times what it takes on a computer that has other work. */
const STARTING_SECONDS = 120;
const SECONDS_PER_APPRAISAL = 0.25;

// Told to end, this ends what it started too: that hangs on the event "exit", which a signal alone would not bring.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => process.exit(1));

const { values, positionals: engines } = parseArgs({
  allowPositionals: true,
  options: {
    appraisals: { type: "string", default: "1000" },
    workers: { type: "string" },
    damaged: { type: "boolean", default: false },
  },
});
const appraisals = whole(values.appraisals);
const { CW_PKG_DIR: pkg, DCAP_QVL_SAMPLES: folder } = process.env;
if (!pkg || !folder || engines.length === 0) throw new Error("run this by `cargo xtask stress`");

const samples = await references(pkg, folder, { isDamaged: values.damaged });
const failures = [];
const rows = [];
for (const engine of engines) {
  for (const workers of engine === "jsc" ? [1] : values.workers === undefined ? [1, 2] : [whole(values.workers)]) {
    rows.push(await measure(engine, workers));
  }
}
console.log("| engine | fresh instances | appraisals | wrong | hung | seconds |");
console.log("|---|---|---:|---:|---:|---:|");
for (const row of rows) console.log(`| ${row.join(" | ")} |`);
for (const failure of failures) console.error(failure);
// Browsers of this run are gone; whatever Playwright still waits for is of no interest.
process.exit(failures.length === 0 ? 0 : 1);

async function measure(engine, workers) {
  const where = engine === "jsc" ? `one after the other, ${INSTANCES} a process` : `${workers} ${workers === 1 ? "worker" : "workers"} at a time`;
  const say = (line) => console.error(`${engine}, ${where}: ${line}`);
  const seconds = STARTING_SECONDS + appraisals * SECONDS_PER_APPRAISAL;
  const plan = { pkg, samples, appraisals, seconds, workers, say };
  const count = engine === "jsc" ? await inShell(shell(), plan) : await inBrowser(engine, plan);
  for (const { name, turn, wrong } of count.wrong) {
    say(`wrong: ${name}, turn ${turn + 1}: ${difference(samples.find((sample) => sample.name === name)?.report, wrong)}`);
  }
  say(`${count.answered} appraisals, ${count.wrong.length} wrong, ${count.hung} hung, ${count.seconds.toFixed(0)} s`);
  failures.push(...judge(engine, count, plan));
  const name = `${engine} ${count.version}${values.damaged ? ", damaged quotes" : ""}`.trim();
  return [name, where, count.answered, count.wrong.length, count.hung, count.seconds.toFixed(0)];
}

function shell() {
  const program = find("CW_JSC", ["jsc"]);
  if (program === undefined) throw new Error("no jsc here: install it, or name it in CW_JSC");
  return program;
}

function whole(text) {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`not a whole number above 0: ${text}`);
  return Number(text);
}
