// How lively the page stays while it verifies the sample, on a processor slowed four times: from the front page's
// button to the drawn Report.
//
//   CW_SITE_DIR  the page

import { launch, ready, serve } from "../../www/tests/harness.mjs";

const RUNS = 7;
const SLOWDOWN = 4;

const site = await serve(process.env.CW_SITE_DIR);
const browser = await launch();
const runs = [];
for (let run = 0; run < RUNS; run += 1) runs.push(await measure());
await browser.close();
await site.close();

const rows = {
  "Interaction to next paint (ms)": runs.map(({ interaction }) => interaction),
  "Longest task (ms)": runs.map(({ longest }) => longest),
  "Total blocking time (ms)": runs.map(({ blocking }) => blocking),
  "From the click to the Report (ms)": runs.map(({ report }) => report),
};
console.log(`The sample on the page, processor slowed ${SLOWDOWN} times, ${RUNS} runs:\n`);
console.log("| | median | worst |\n|---|---|---|");
for (const [name, values] of Object.entries(rows)) console.log(`| ${name} | ${median(values).toFixed(0)} | ${Math.max(...values).toFixed(0)} |`);

async function measure() {
  const context = await browser.newContext();
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await page.goto(site.url);
  await ready(page);
  await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await page.waitForTimeout(500);
  await page.evaluate(() => {
    window.tasks = [];
    window.events = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    new PerformanceObserver((list) => window.events.push(...list.getEntries().map(({ duration }) => duration)))
      .observe({ type: "event", durationThreshold: 16 });
    document.addEventListener("click", () => (window.clicked = performance.now()), { capture: true, once: true });
    new MutationObserver((_, observer) => {
      if (document.querySelector("[data-verdict]") === null) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => (window.drawn = performance.now())));
    }).observe(document.body, { childList: true, subtree: true });
  });
  await page.getByRole("button", { name: /^Try it with a real sample/ }).click();
  await page.waitForFunction(() => window.drawn !== undefined);
  await page.waitForTimeout(1000);
  const seen = await page.evaluate(() => ({ tasks: window.tasks, events: window.events, report: window.drawn - window.clicked }));
  await context.close();
  return {
    interaction: Math.max(0, ...seen.events),
    longest: Math.max(0, ...seen.tasks),
    blocking: seen.tasks.reduce((sum, task) => sum + Math.max(0, task - 50), 0),
    report: seen.report,
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
