// Many verifications: requests in, answers out as they are done, over several threads. No verdict is made here.

import { integer, invalid } from "./border.js";

/**
 * Who verifies: one request at a time is handed over, and two wait for each, so that no thread stands idle.
 * @typedef {(request: unknown) => Promise<object>} Lane
 */
const IN_FLIGHT = 2;

/** A thread that gives no answer for so long has hung, in milliseconds: a verification takes a few. */
const PATIENCE = 20_000;

/** What came in meanwhile is heard first: this thread may have been busy, and not the other. */
const GRACE = 1_000;

/** More threads than a computer has cores only cost memory. */
const MOST_WORKERS = 64;

/**
 * @param {unknown} options
 * @returns {{ workers: number | undefined, lanes: Lane[] | undefined, signal: AbortSignal | undefined }}
 */
export function readManyOptions(options = {}) {
  if (typeof options !== "object" || options === null) throw invalid("options", "must be a plain object");
  for (const key of Reflect.ownKeys(options)) {
    if (!["workers", "lanes", "signal"].includes(key)) throw invalid(String(key), "is not a known option");
  }
  const { workers, lanes, signal } = options;
  if (workers !== undefined) integer(workers, "workers", 0, MOST_WORKERS);
  const areLanes = lanes === undefined
    || (Array.isArray(lanes) && lanes.length > 0 && lanes.every((lane) => typeof lane === "function"));
  if (!areLanes) throw invalid("lanes", "must be an array of functions, with one at least");
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw invalid("signal", "must be an AbortSignal");
  return { workers, lanes, signal };
}

/** The source of requests, of either kind. */
export function iteratorOf(requests) {
  const begin = requests?.[Symbol.asyncIterator] ?? requests?.[Symbol.iterator];
  if (typeof begin !== "function" || typeof requests === "string") {
    throw invalid("requests", "must be an iterable of requests");
  }
  return begin.call(requests);
}

/**
 * Answers in the order in which they are done. A request is taken from its source only when a lane is free for it and
 * an earlier answer was taken, so that a million of them need no more memory than a few.
 * @param {Iterator<unknown> | AsyncIterator<unknown>} source
 * @param {Lane[]} lanes
 * @param {AbortSignal | undefined} signal
 */
export async function* spread(source, lanes, signal) {
  signal?.throwIfAborted();
  let index = 0;
  let isOver = false;
  let pulling = Promise.resolve();
  const pull = () => {
    pulling = pulling.then(async () => {
      if (isOver) return undefined;
      const { done, value } = await source.next();
      if (done || isOver) {
        isOver = true;
        return undefined;
      }
      index += 1;
      return { index: index - 1, request: value };
    });
    return pulling;
  };

  /** Answers that wait to be taken, each with what lets its slot go on. */
  const answers = [];
  let wake = () => {};
  const hand = (answer) => new Promise((goOn) => {
    answers.push({ answer, goOn });
    wake();
  });
  const slot = async (lane) => {
    for (let next = await pull(); next !== undefined; next = await pull()) {
      const { index: at, request } = next;
      await hand(await lane(request).then((report) => ({ index: at, report }), (error) => ({ index: at, error })));
    }
  };

  let failure;
  let running = 0;
  const abort = () => {
    failure ??= { reason: signal.reason };
    isOver = true;
    wake();
  };
  signal?.addEventListener("abort", abort, { once: true });
  try {
    for (const lane of lanes) {
      for (let number = 0; number < IN_FLIGHT; number += 1) {
        running += 1;
        slot(lane)
          .catch((reason) => {
            // The source of requests threw: what is in flight is still handed out before that is said.
            failure ??= { reason };
            isOver = true;
          })
          .finally(() => {
            running -= 1;
            wake();
          });
      }
    }
    for (;;) {
      if (signal?.aborted) throw signal.reason;
      const next = answers.shift();
      if (next !== undefined) {
        next.goOn();
        yield next.answer;
      } else if (running === 0) {
        if (failure !== undefined) throw failure.reason;
        return;
      } else {
        await new Promise((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    isOver = true;
    signal?.removeEventListener("abort", abort);
    for (const { goOn } of answers) goOn();
    await source.return?.();
  }
}

/**
 * A lane over a worker that runs `serve`.
 *
 * A request is read and refused here, as `verify` would; only plain bytes and texts are sent. A bundle, which only this
 * thread knows, is sent once as its text, then by number.
 * @param {{ post: (message: unknown) => void, end: () => void }} worker
 * @param {(request: unknown) => ReturnType<typeof import("./border.js").readRequest>} read
 */
export function overWorker(worker, read) {
  const waiting = new Map();
  const bundles = new Map();
  let last = 0;
  let broken;
  let watch;
  /** From its last answer on, or from when it was given something to do. */
  const watchAgain = () => {
    clearTimeout(watch);
    if (waiting.size === 0) return;
    const isSilent = () => fail(`it gave no answer for ${(PATIENCE + GRACE) / 1000} seconds`);
    watch = setTimeout(() => { watch = setTimeout(isSilent, GRACE); }, PATIENCE);
  };
  const ask = (message) => new Promise((resolve, reject) => {
    if (broken !== undefined) return reject(broken);
    last += 1;
    waiting.set(last, { resolve, reject });
    if (waiting.size === 1) watchAgain();
    worker.post({ id: last, ...message });
  });
  /** The worker is gone, and nobody waits for it. It did one thing at a time: what stood behind that one is not its cause. */
  const fail = (reason) => {
    broken ??= Object.assign(new Error(`cloud-witness: a thread ended (${reason}). Nothing was decided.`), { code: "BUG" });
    const [cause, ...behind] = waiting.values();
    waiting.clear();
    clearTimeout(watch);
    cause?.reject(broken);
    for (const { reject } of behind) reject(Object.assign(new Error(broken.message), { code: "BUG", wasBehind: true }));
    worker.end();
  };
  const numberOf = (bundle) => {
    if (!bundles.has(bundle)) bundles.set(bundle, ask({ bundle: bundle.text }));
    return bundles.get(bundle);
  };
  const numberOfList = ({ files, options }) => ask({ list: files, options });
  const lists = new Map();
  /** A loaded list is sent once, then goes by its number; files go with their request. */
  const list = async (given) => {
    if (given === undefined) return undefined;
    if (given.loaded === undefined) return { files: await Promise.all(given.files.map((read) => read())) };
    if (!lists.has(given.loaded)) lists.set(given.loaded, numberOfList(given.loaded));
    return { by: await lists.get(given.loaded) };
  };
  return {
    ask,
    /** @type {Lane} */
    lane: async (request) => {
      const { evidence, collateral, bundle, lists: machines, options } = read(request);
      const [evidenceBytes, collateralBytes, registry, revoked] =
        await Promise.all([evidence(), collateral?.(), list(machines.registry), list(machines.revoked)]);
      const given = collateralBytes === undefined ? {} : { collateral: collateralBytes };
      const by = bundle === undefined ? undefined : await numberOf(bundle);
      const report = await ask({ request: { ...options, ...given, evidence: evidenceBytes }, by, machines: { registry, revoked } });
      return JSON.parse(report);
    },
    /** Whether it has ended by itself. */
    isGone: () => broken !== undefined,
    receive({ id, value, fault }) {
      const call = waiting.get(id);
      waiting.delete(id);
      watchAgain();
      if (fault === undefined) call?.resolve(value);
      else call?.reject(Object.assign(fault.isTypeError ? new TypeError(fault.message) : new Error(fault.message), fault.facts));
    },
    fail,
    end: () => {
      clearTimeout(watch);
      worker.end();
    },
  };
}

/**
 * A lane that outlives its worker: what one that hung or died was doing is done once anew by another, and what stood behind
 * that as well.
 * @param {ReturnType<typeof overWorker>} first
 * @param {() => Promise<ReturnType<typeof overWorker>>} start
 */
export function lasting(first, start) {
  let current = Promise.resolve(first);
  let isOver = false;
  return {
    /** @type {Lane} */
    lane: async (request) => {
      let isAnew = false;
      for (;;) {
        const used = current;
        const thread = await used;
        try {
          return await thread.lane(request);
        } catch (error) {
          if (isOver || isAnew || !thread.isGone()) throw error;
          isAnew = error.wasBehind !== true;
          if (current === used) current = start().catch((reason) => { current = Promise.resolve(thread); throw reason; });
        }
      }
    },
    end: () => {
      isOver = true;
      current.then((thread) => thread.end(), () => {});
    },
  };
}

/**
 * The other end: answers what `overWorker` asks.
 * @param {{ init: (module: WebAssembly.Module) => Promise<void>, verifyForText: (request: unknown) => Promise<string>, Collateral: { load: (text: Uint8Array) => Promise<object> }, loadRegistry: (files: Uint8Array[], options: object) => Promise<object> }} api
 * @param {(answer: unknown) => void} post
 */
export function serve(api, post) {
  const bundles = [];
  const lists = [];
  const act = async ({ module, bundle, list, options, request, by, machines = {} }) => {
    if (module !== undefined) return api.init(module);
    if (bundle !== undefined) return bundles.push(await api.Collateral.load(bundle)) - 1;
    if (list !== undefined) return lists.push(await api.loadRegistry(list, options)) - 1;
    const given = by === undefined ? { ...request } : { ...request, collateral: bundles[by] };
    for (const [name, value] of Object.entries(machines)) {
      if (value !== undefined) given[name] = value.by === undefined ? value.files : lists[value.by];
    }
    return api.verifyForText(given);
  };
  return (message) => act(message).then(
    (value) => post({ id: message.id, value }),
    (error) => post({ id: message.id, fault: faultOf(error) }),
  );
}

/** An error's own properties do not survive being sent. */
function faultOf(error) {
  const { code, argument } = error ?? {};
  const facts = { code, ...(argument === undefined ? {} : { argument }) };
  return { isTypeError: error instanceof TypeError, message: String(error?.message ?? error), facts };
}
