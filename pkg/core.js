// The public functions of index.d.ts over one wasm, and what happens when that wasm traps. No verdict is made
// here. The entries (slim.js, and index.js, node.js and workerd.js around it) differ only in where the wasm comes from.

import {
  LIMITS, bytes, coded, input, integer, invalid, machineFiles, plain, readCheckRequest, readColocationRequest, readEnrolRequest,
  readLoadOptions, readOpenOptions, readRecordRequest, readRequest, readSearchOptions, readSignature, readTokenRequest, text,
} from "./border.js";
import { iteratorOf, lasting, overWorker, readManyOptions, spread } from "./many.js";
import { isBad, isBadReport, isTrap, settle } from "./settle.js";

/**
 * The raw functions of the wasm: the generated cloud_witness.js, or a stand-in in tests. Those that return a
 * string return JSON, except for `sha256`.
 * @typedef {object} Glue
 * @property {(options: { module_or_path: WebAssembly.Module }) => Promise<unknown>} default  makes the instance
 * @property {() => void} __wbg_reset_state  throws the instance away and makes a new one from the same module
 * @property {(evidence: Uint8Array, collateral: Uint8Array | undefined, options: object) => string} verify
 * @property {(evidence: Uint8Array, collateral: Uint8Array | undefined, options: object) => string} unsteady
 * @property {(text: Uint8Array) => string} loadCollateral
 * @property {(bundle: number, file: Uint8Array) => string} overlayCollateral
 * @property {(bundle: number, evidence: Uint8Array) => string} selectCollateral
 * @property {(bundle: number) => string} forgetCollateral
 * @property {(bytes: number) => string} generateChallenge
 * @property {(text: string) => string} parseChallenge
 * @property {(file: Uint8Array) => string} parseAttesterOutput
 * @property {(bytes: Uint8Array) => string} sha256
 * @property {(policy: string) => string} parsePolicy
 * @property {(json: string) => string} parseAttesters
 * @property {() => string} verifierInfo
 * @property {(participants: string) => string} checkParticipants
 * @property {(entered: string, evidence: Uint8Array, collateral: Uint8Array, earlier: Uint8Array[], files: Uint8Array[], options: object) => string} recordCeremony
 * @property {(file: Uint8Array) => string} bytesToSign
 * @property {(file: Uint8Array, signature: Uint8Array | undefined, options: object) => string} addSignature
 * @property {(a: Uint8Array, b: Uint8Array) => string} mergeCeremonies
 * @property {(file: Uint8Array, addendum: string) => string} addendumToSign
 * @property {(file: Uint8Array, payload: string, signature: Uint8Array | undefined, options: object) => string} addAddendum
 * @property {(file: Uint8Array, collateral: Uint8Array | undefined, earlier: Uint8Array[], files: Uint8Array[], options: object) => string} openCeremony
 * @property {(items: string, files: Uint8Array[], ceremony: Uint8Array | undefined, options: object) => string} checkColocation
 * @property {() => string} colocationTemplates
 * @property {(token: Uint8Array, quote: Uint8Array | undefined, collateral: Uint8Array | undefined, options: object) => string} verifyToken
 * @property {(round: string, own: string | undefined) => string} mixChallenge
 * @property {(line: string) => string} parseKey
 * @property {(bytes: Uint8Array) => string} ed25519Key
 * @property {(json: string) => string} parseSigners
 * @property {(files: Uint8Array[], options: object) => string} loadRegistry
 * @property {(list: number) => string} forgetRegistry
 * @property {(list: number, text: string, offset: number, limit: number) => string} searchRegistry
 * @property {(record: Uint8Array, known: Uint8Array, options: object) => string} enrol
 * @property {(patch: Uint8Array | undefined, known: Uint8Array | undefined, record: Uint8Array | undefined, files: Uint8Array[], earlier: Uint8Array[], options: object) => string} checkEnrolment
 */

/**
 * Starts a thread that runs `serve` of many.js.
 * @typedef {object} Threads
 * @property {() => number} cores
 * @property {(hear: (message: unknown) => void, ended: (reason: string) => void) => { post: (message: unknown) => void, end: () => void }} start
 */

/** The instance of what was freed: none. */
const FREED = -1;

/** A platform that starts no threads. */
const NO_THREADS = {
  cores: () => 0,
  start() {
    throw new Error("this entry starts no threads");
  },
};

/**
 * What differs between platforms.
 * @typedef {object} Platform
 * @property {(source: unknown) => Promise<WebAssembly.Module>} load  compiles the wasm; `undefined` means the packaged one
 * @property {Threads} threads
 */

/**
 * @param {Glue} glue
 * @param {Platform["load"]} load
 * @param {Threads} [threads]  none: the thread that asks does the work
 */
export function createApi(glue, load, threads = NO_THREADS) {
  /** @type {Platform} */
  let platform = { load, threads };
  /** @type {Promise<void> | undefined} */
  let loading;
  /** @type {"not loaded" | "ready" | "spent"} */
  let state = "not loaded";
  /** @type {WebAssembly.Module | undefined} */
  let compiled;
  /** Counts the instances: what was kept in an earlier one is gone. */
  let instance = 0;

  /**
   * A loaded bundle: its text, and its number in the instance that parsed it.
   * @typedef {{ text: Uint8Array, number: number, instance: number }} Loaded
   * @type {WeakMap<object, Loaded>}
   */
  const bundles = new WeakMap();
  const abandoned = freeing("forgetCollateral");

  /**
   * A loaded list of machines: its files, and its number in the instance that parsed it.
   * @typedef {{ files: Uint8Array[], options: object, number: number, instance: number }} LoadedList
   * @type {WeakMap<object, LoadedList>}
   */
  const lists = new WeakMap();
  const abandonedLists = freeing("forgetRegistry");

  /** Frees what is no longer held. A call that waits for a file may still have its number: it is parsed again then. */
  function freeing(forget) {
    // Some workers have none, unless they ask for it: there all stays for as long as the worker.
    if (typeof FinalizationRegistry === "undefined") return undefined;
    return new FinalizationRegistry((loaded) => {
      const isHere = state === "ready" && loaded.instance === instance;
      loaded.instance = FREED;
      if (isHere) read(forget, loaded.number);
    });
  }

  /**
   * Loads the wasm once, however often it is called, also at the same time. A load that failed can be tried again.
   * @param {unknown} [source]
   * @param {Platform} [on]  of the entry that asks; no part of the public types
   */
  function init(source, on = platform) {
    loading ??= (async () => {
      try {
        platform = on;
        compiled = await platform.load(source);
        await glue.default({ module_or_path: compiled });
        state = "ready";
      } catch (error) {
        loading = undefined;
        throw notLoaded(error);
      }
    })();
    return loading;
  }

  function requireInit() {
    if (state === "not loaded") {
      throw coded(new Error("cloud-witness: call init() and wait for it before any other function"), "NOT_INITIALISED");
    }
  }

  /** The instance is never used again: the next call makes a new one, and what the old one kept is read anew. */
  function discard() {
    state = "spent";
    instance += 1;
  }

  /** One call into the wasm, inside `answer`. */
  function reach(name, ...values) {
    if (state === "spent") {
      glue.__wbg_reset_state();
      state = "ready";
    }
    return glue[name](...values);
  }

  /**
   * Asks once. What the wasm has to say about its input it reports as an Error with a code. Whatever else is thrown (a
   * trap, a full stack) leaves the instance in an unknown state: nothing that it made is handed out (O3).
   * @returns {import("./settle.js").Answer}
   */
  function answer(ask, parse) {
    try {
      const text = ask();
      return { text, value: parse(text) };
    } catch (cause) {
      if (isReported(cause)) return { refusal: cause };
      discard();
      return { trap: cause };
    }
  }

  function handOut(name, { value, refusal, ...rest }) {
    if (refusal !== undefined) throw refusal;
    if (!("trap" in rest)) return value;
    const message = `cloud-witness: a bug in the verifier (${name}: ${rest.trap}). Nothing was decided; please report it.`;
    throw coded(new Error(message, { cause: rest.trap }), "BUG");
  }

  /**
   * Asks, and asks again what came out bad. `ask` is run from its start each time, so that nothing that it loads on its
   * way is an earlier instance's.
   */
  function settled(name, ask, { bad = isBad, parse = JSON.parse, unsteady } = {}) {
    requireInit();
    const said = settle(() => answer(ask, parse), discard, bad);
    if (said !== undefined) return handOut(name, said);
    if (unsteady !== undefined) return handOut(name, answer(unsteady, parse));
    const message = "cloud-witness: the same was asked several times, and no two answers in a row were the same. "
      + "This browser, or this computer, computes wrongly; nothing was decided. Use another one.";
    throw coded(new Error(message), "VERIFIER_UNSTEADY");
  }

  /** What rests on signatures, or decides what a file is worth. */
  const call = (name, ...values) => settled(name, () => reach(name, ...values));

  /** What only reads what is being typed. */
  const read = (name, ...values) =>
    settled(name, () => reach(name, ...values), { bad: isTrap, parse: name === "sha256" ? asItIs : JSON.parse });

  const bundleOf = (value) => (typeof value === "object" && value !== null ? bundles.get(value) : undefined);

  /** A loaded bundle as the file that it was; anything else as it is. */
  const textOf = (value) => bundleOf(value)?.text ?? value;

  /** @returns {Loaded} */
  function requireBundle(value) {
    const bundle = bundleOf(value);
    if (bundle === undefined) throw invalid("bundle", "must be what Collateral.load or Collateral.overlay returned");
    return bundle;
  }

  /** The number of a bundle, inside `answer`; in a new instance it is parsed again from its text. */
  function numberOf(bundle) {
    if (bundle.instance !== instance) {
      bundle.number = JSON.parse(reach("loadCollateral", bundle.text)).id;
      bundle.instance = instance;
    }
    return bundle.number;
  }

  /** The object that stands for a bundle: plain data, the same for as long as it lives. */
  function standFor({ id, view }, text) {
    const bundle = { text, number: id, instance };
    frozen(view);
    bundles.set(view, bundle);
    abandoned?.register(view, bundle);
    return view;
  }

  const listOf = (value) => (typeof value === "object" && value !== null ? lists.get(value) : undefined);

  /** The number of a list of machines, inside `answer`; in a new instance it is parsed again from its files. */
  function numberOfList(list) {
    if (list.instance !== instance) {
      list.number = JSON.parse(reach("loadRegistry", list.files, list.options)).id;
      list.instance = instance;
    }
    return list.number;
  }

  /**
   * What asks something with these lists, inside `answer`: their numbers stand in the options for as long as it runs.
   * Files that were not loaded before are read here, and loaded anew each time that it is asked.
   */
  async function withLists(given, options) {
    const files = await Promise.all(Object.values(given).map((list) => all(list?.files)));
    return (act) => {
      const passing = [];
      const load = (index) => {
        const { id } = JSON.parse(reach("loadRegistry", files[index], {}));
        passing.push(id);
        return id;
      };
      const forget = () => passing.forEach((number) => reach("forgetRegistry", number));
      const numbered = { ...options };
      try {
        Object.entries(given).forEach(([name, list], index) => {
          if (list !== undefined) numbered[name] = list.loaded === undefined ? load(index) : numberOfList(list.loaded);
        });
        const text = act(numbered);
        forget();
        return text;
      } catch (cause) {
        // What trapped is not asked to forget.
        if (isReported(cause)) forget();
        throw cause;
      }
    };
  }

  /** A ceremony's file, at most one byte past its limit. */
  const ceremony = (file, argument = "file") => input(file, argument, LIMITS.ceremony);

  const verify = (request) => appraise(request, JSON.parse);

  /** The Report as JSON text: for another thread, to which a text gets sooner than an object. */
  const verifyForText = (request) => appraise(request, asItIs);

  async function appraise(request, parse) {
    requireInit();
    const { evidence, collateral, bundle, lists: given, options } = readRequest(request, bundleOf, listOf);
    const [evidenceBytes, collateralBytes] = await Promise.all([evidence(), collateral?.()]);
    const ask = await withLists(given, options);
    const asking = (name) => () => ask((numbered) => {
      if (bundle !== undefined) numbered.bundle = numberOf(bundle);
      return reach(name, evidenceBytes, collateralBytes, numbered);
    });
    return settled("verify", asking("verify"), { bad: isBadReport, parse, unsteady: asking("unsteady") });
  }

  /** Threads with the same compiled wasm; none where the platform starts none. */
  async function startThreads(count) {
    const start = async () => {
      const thread = overWorker(
        platform.threads.start((message) => thread.receive(message), (reason) => thread.fail(reason)),
        (request) => readRequest(request, bundleOf, listOf),
      );
      await thread.ask({ module: compiled });
      return thread;
    };
    const starting = await Promise.allSettled(Array.from({ length: count }, start));
    const started = starting.filter(({ status }) => status === "fulfilled").map(({ value }) => lasting(value, start));
    if (started.length === count) return started;
    for (const thread of started) thread.end();
    return [];
  }

  async function* verifyMany(requests, options) {
    requireInit();
    const { workers, lanes, signal } = readManyOptions(options);
    const source = iteratorOf(requests);
    if (lanes !== undefined) return yield* spread(source, lanes, signal);
    const started = await startThreads(workers ?? platform.threads.cores());
    try {
      yield* spread(source, started.length > 0 ? started.map(({ lane }) => lane) : [verify], signal);
    } finally {
      for (const thread of started) thread.end();
    }
  }

  /** A Report without collateral, less what cannot be said without it. */
  async function decodeEvidence(evidence) {
    const { checks, ...report } = await verify({ evidence, at: 0 });
    const read = checks.filter(({ id }) => ["file.decoded", "file.consistent", "quote.structure"].includes(id));
    if (report.evidence === null) return { decoded: false, checks: read };
    return { decoded: true, evidence: report.evidence, quote: report.quote, checks: read };
  }

  return {
    init,
    verify,
    verifyForText,
    verifyMany,
    decodeEvidence,
    Collateral: Object.freeze({
      async load(file) {
        requireInit();
        const text = await input(file, "input", LIMITS.collateral)();
        return standFor(call("loadCollateral", text), text);
      },
      async overlay(over, file) {
        requireInit();
        const bundle = requireBundle(over);
        const bytes = await input(file, "input", LIMITS.piece)();
        const overlay = () => reach("overlayCollateral", numberOf(bundle), bytes);
        const { text, ...made } = settled("overlayCollateral", overlay);
        return standFor(made, new TextEncoder().encode(text));
      },
      async select(from, evidence) {
        requireInit();
        const bundle = requireBundle(from);
        const bytes = await input(evidence, "evidence", LIMITS.evidence)();
        return settled("selectCollateral", () => reach("selectCollateral", numberOf(bundle), bytes));
      },
    }),
    generateChallenge: (bytes = 32) => read("generateChallenge", integer(bytes, "bytes", 8, 64)),
    parseChallenge: (challenge) => read("parseChallenge", text(challenge, "text")),
    async parseAttesterOutput(file) {
      requireInit();
      return read("parseAttesterOutput", await input(file, "file", LIMITS.evidence)());
    },
    async sha256(hashed) {
      requireInit();
      const bytes = await input(hashed, "input", LIMITS.hashed)();
      if (bytes.length > LIMITS.hashed) throw invalid("input", "is larger than 32 MiB");
      return read("sha256", bytes);
    },
    parsePolicy: (policy) => read("parsePolicy", text(policy, "policy")),
    parseAttesters: (json) => read("parseAttesters", text(json, "json")),
    verifierInfo: () => read("verifierInfo"),

    checkParticipants: (participants) => read("checkParticipants", plain(participants, "participants")),
    async recordCeremony(request) {
      requireInit();
      const { entered, evidence, collateral, earlier, files, options } = readRecordRequest(request, textOf);
      const [evidenceBytes, collateralBytes, others, contents] =
        await Promise.all([evidence(), collateral(), all(earlier), all(files)]);
      return call("recordCeremony", entered, evidenceBytes, collateralBytes, others, contents, options);
    },
    async bytesToSign(file) {
      requireInit();
      return call("bytesToSign", await ceremony(file)());
    },
    async addSignature(file, signature) {
      requireInit();
      const [read, signed] = [ceremony(file), readSignature(signature)];
      return call("addSignature", await read(), signed.bytes, signed.options);
    },
    async mergeCeremonies(a, b) {
      requireInit();
      const [one, other] = await Promise.all([ceremony(a, "a"), ceremony(b, "b")].map((read) => read()));
      return call("mergeCeremonies", one, other);
    },
    async addendumToSign(file, addendum) {
      requireInit();
      const [read, json] = [ceremony(file), plain(addendum, "addendum")];
      return call("addendumToSign", await read(), json);
    },
    async addAddendum(file, payload, signature) {
      requireInit();
      const [read, words, signed] = [ceremony(file), text(payload, "payload"), readSignature(signature)];
      return call("addAddendum", await read(), words, signed.bytes, signed.options);
    },
    async openCeremony(file, request) {
      requireInit();
      const [read, { collateral, earlier, files, lists: given, options }] =
        [ceremony(file), readOpenOptions(request, textOf, listOf)];
      const [fileBytes, collateralBytes, others, contents] =
        await Promise.all([read(), collateral?.(), all(earlier), all(files)]);
      const ask = await withLists(given, options);
      return settled("openCeremony", () => ask((numbered) =>
        reach("openCeremony", fileBytes, collateralBytes, others, contents, numbered)));
    },
    async checkColocation(request) {
      requireInit();
      const { items, files, ceremony: record, options } = readColocationRequest(request);
      const [contents, recordBytes] = await Promise.all([all(files), record?.()]);
      return call("checkColocation", items, contents, recordBytes, options);
    },
    colocationTemplates: () => read("colocationTemplates"),
    async verifyToken(request) {
      requireInit();
      const { token, quote, collateral, bundle, options } = readTokenRequest(request, bundleOf);
      const [tokenBytes, quoteBytes, collateralBytes] = await Promise.all([token(), quote?.(), collateral?.()]);
      return settled("verifyToken", () => {
        const numbered = bundle === undefined ? options : { ...options, bundle: numberOf(bundle) };
        return reach("verifyToken", tokenBytes, quoteBytes, collateralBytes, numbered);
      });
    },
    mixChallenge: (round, own) =>
      call("mixChallenge", text(round, "round"), own === undefined ? undefined : text(own, "own")),
    parseKey: (key) =>
      typeof key === "string" ? read("parseKey", text(key, "key")) : read("ed25519Key", bytes(key, "key", 32)),
    parseSigners: (json) => read("parseSigners", text(json, "json")),

    async loadRegistry(given, request) {
      requireInit();
      const [reading, options] = [machineFiles(given, "files"), readLoadOptions(request)];
      const files = await all(reading);
      const { id, view } = call("loadRegistry", files, options);
      const list = { files, options, number: id, instance };
      lists.set(frozen(view), list);
      abandonedLists?.register(view, list);
      return view;
    },
    searchRegistry(list, words, options) {
      const { offset, limit } = readSearchOptions(options);
      const loaded = listOf(list);
      if (loaded === undefined) throw invalid("list", "must be what loadRegistry returned");
      requireInit();
      const sought = text(words, "text");
      return settled("searchRegistry", () => reach("searchRegistry", numberOfList(loaded), sought, offset, limit), { bad: isTrap });
    },
    async enrol(record, request) {
      requireInit();
      const [read, { known, lists: given, options }] = [ceremony(record, "record"), readEnrolRequest(request, listOf)];
      const [recordBytes, knownBytes] = await Promise.all([read(), known()]);
      const ask = await withLists(given, options);
      return settled("enrol", () => ask((numbered) => reach("enrol", recordBytes, knownBytes, numbered)));
    },
    async checkEnrolment(request) {
      requireInit();
      const { patch, known, record, files, earlier, lists: given, options } = readCheckRequest(request, listOf);
      const [patchBytes, knownBytes, recordBytes, fileBytes, others] =
        await Promise.all([patch?.(), known?.(), record?.(), all(files), all(earlier)]);
      const ask = await withLists(given, options);
      return settled("checkEnrolment", () => ask((numbered) =>
        reach("checkEnrolment", patchBytes, knownBytes, recordBytes, fileBytes, others, numbered)));
    },
  };
}

const asItIs = (text) => text;

/** The bytes of several inputs. */
const all = (readers = []) => Promise.all(readers.map((read) => read()));
/** Why there is no verifier. A wrong call, or a source that could not be read, says so itself. */
function notLoaded(cause) {
  if (typeof cause?.code === "string" && ["INVALID_ARGUMENT", "INPUT_UNREADABLE"].includes(cause.code)) return cause;
  const message = `cloud-witness: the wasm could not be loaded (${cause}). Where a page's policy forbids compiling it, add `
    + "'wasm-unsafe-eval' to script-src; where only compiled wasm is taken, give it to init of cloud-witness/slim.";
  return coded(new Error(message, { cause }), "WASM_NOT_LOADED");
}

/** Plain data that nobody can change any more. */
function frozen(data) {
  for (const value of Object.values(data)) {
    if (typeof value === "object" && value !== null) frozen(value);
  }
  return Object.freeze(data);
}

/** What the Rust side says on purpose. The engine's and Node's own errors are of other types, or have no such code. */
function isReported(error) {
  if (!(error instanceof Error) || typeof error.code !== "string") return false;
  const type = Object.getPrototypeOf(error);
  return type === Error.prototype ? error.code !== "BUG" : type === TypeError.prototype && error.code === "INVALID_ARGUMENT";
}

/**
 * Compiles wasm from what a caller may hand to `init`; undefined when it is something else (a URL, say).
 * @param {unknown} source
 * @returns {Promise<WebAssembly.Module> | undefined}
 */
export function compile(source) {
  if (source instanceof WebAssembly.Module) return Promise.resolve(source);
  if (typeof Response === "function" && source instanceof Response) return compileResponse(source);
  if (typeof source === "string" || source instanceof URL) return undefined;
  return compileBytes(source);
}

async function compileBytes(source) {
  const bytes = await input(source, "source", LIMITS.hashed)();
  return WebAssembly.compile(bytes);
}

async function compileResponse(response) {
  if (!response.ok) throw new Error(`cloud-witness: ${response.url} answered ${response.status}`);
  // Compiling while loading needs the type, alone; not every static host sends it.
  const isWasm = response.headers.get("content-type")?.trim().toLowerCase() === "application/wasm";
  if (isWasm && typeof WebAssembly.compileStreaming === "function") return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
