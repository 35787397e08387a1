// In the page: starts fresh workers, and looks on.

/**
 * @param {{ workers: number, turns: number, patience: number }} plan  patience in milliseconds, from one answer to the next
 * @returns {Promise<{ answered: number, wrong: object[], hung: number }>}
 */
globalThis.round = async (plan) => {
  const samples = await (await fetch("/samples.json")).json();
  const each = await Promise.all(Array.from({ length: plan.workers }, () => watch(samples, plan)));
  return {
    answered: each.reduce((sum, { answered }) => sum + answered, 0),
    wrong: each.flatMap(({ wrong }) => wrong),
    hung: each.filter(({ hung }) => hung).length,
  };
};

function watch(samples, { turns, patience }) {
  const worker = new Worker("/stress/worker.js", { type: "module" });
  const seen = { answered: 0, wrong: [], hung: false };
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      worker.terminate();
      resolve(seen);
    };
    const late = () => {
      seen.hung = true;
      finish();
    };
    let timer = setTimeout(late, patience);
    worker.addEventListener("message", ({ data }) => {
      if (data === "done") return finish();
      seen.answered += 1;
      if (data.wrong !== undefined) seen.wrong.push(data);
      clearTimeout(timer);
      timer = setTimeout(late, patience);
    });
    // A worker that breaks has given an answer too, and not the right one.
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      seen.answered += 1;
      seen.wrong.push({ name: "", turn: -1, wrong: `the worker broke: ${event.message ?? "it could not be loaded"}` });
      finish();
    });
    worker.postMessage({ samples, turns });
  });
}
