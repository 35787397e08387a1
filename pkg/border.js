// What is let in from JavaScript (O1, O2). Everything of another type is refused by name, before any of it is
// used: wasm's own conversions would wrap a BigInt time modulo 2^64, and an array's elements modulo 256.

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes past a limit are not even read. */
export const LIMITS = {
  /** The attester's file. One byte more is passed on, so that the Report can say that it is too large. */
  evidence: 256 * KIB,
  /** A collateral file, likewise: a whole bundle. */
  collateral: 32 * MIB,
  /** One piece of collateral, or QuoteCollateralV3: twelve fields of 1 MiB. */
  piece: 12 * MIB,
  /** What is only hashed. */
  hashed: 32 * MIB,
  /** A trust token. One byte more is passed on, likewise. */
  token: 16 * KIB,
  /** A ceremony's file. One byte more is passed on, likewise. */
  ceremony: 32 * MIB,
  /** Files of evidence of colocation, by their role; one byte more is passed on, likewise. */
  colocation: { log: 64 * MIB, prefixes: 32 * MIB, other: 4 * MIB },
  /** All files of one list of machines together. One byte more is passed on, likewise. */
  registry: 16 * MIB,
  /** A patch, which holds a record. One byte more is passed on, likewise. */
  patch: 33 * MIB,
  /** Challenge, noted hash, policy, list. Cutting one short could change what it says, so longer ones are refused. */
  text: MIB,
};

const REQUEST_KEYS = new Set([
  "evidence", "collateral", "collateralFrom", "challenge", "challengeIssuedAt", "challengeMinutes", "sha256",
  "at", "time", "policy", "attesters", "registry", "revoked",
]);

/**
 * Checks a request, reading each of its values once. Bytes and texts are copied here and now, so that what the
 * caller does to them later changes nothing; only a Blob is left to be read.
 * @template Bundle
 * @param {unknown} request
 * @template List
 * @param {(value: unknown) => Bundle | undefined} bundleOf  what `Collateral.load` made of it
 * @param {(value: unknown) => List | undefined} listOf  what `loadRegistry` made of it
 * @returns {{ evidence: Reader, collateral: Reader | undefined, bundle: Bundle | undefined, lists: Lists<List>, options: Record<string, string | number> }}
 */
export function readRequest(request, bundleOf, listOf) {
  if (!isPlainObject(request)) throw invalid("request", `must be a plain object, not ${describe(request)}`);
  for (const key of Reflect.ownKeys(request)) {
    // A misspelt `chalenge` must not silently count as no challenge.
    if (!REQUEST_KEYS.has(key)) throw invalid(String(key), "is not a known part of a request");
  }
  // Own properties only: what someone put on Object.prototype was not given by the caller.
  const given = {};
  for (const key of REQUEST_KEYS) given[key] = Object.hasOwn(request, key) ? request[key] : undefined;

  const options = readTime(given.at, given.time);
  const put = (key, read) => {
    if (given[key] !== undefined) options[key] = read(given[key], key);
  };
  put("collateralFrom", (value, key) => oneOf(value, key, ["site", "witness", "applicant"]));
  put("challenge", text);
  put("challengeIssuedAt", (value, key) => integer(value, key, 0, Number.MAX_SAFE_INTEGER));
  put("challengeMinutes", (value, key) => integer(value, key, 1, 1440));
  put("sha256", text);
  put("policy", text);
  put("attesters", text);
  const bundle = bundleOf(given.collateral);
  const isFile = bundle === undefined && given.collateral !== undefined;
  return {
    evidence: input(given.evidence, "evidence", LIMITS.evidence),
    collateral: isFile ? input(given.collateral, "collateral", LIMITS.collateral) : undefined,
    bundle,
    lists: bothLists(given, listOf),
    options,
  };
}

/**
 * A list of machines: one that was loaded, or its files; undefined when none was given.
 * @template List
 * @typedef {{ registry?: { loaded?: List, files?: Reader[] }, revoked?: { loaded?: List, files?: Reader[] } }} Lists
 */
function list(value, argument, listOf) {
  if (value === undefined) return undefined;
  const loaded = listOf(value);
  return loaded === undefined ? { files: machineFiles(value, argument) } : { loaded };
}

/** The lists of known and of revoked machines. */
const bothLists = (given, listOf) => ({
  registry: list(given.registry, "registry", listOf),
  revoked: list(given.revoked, "revoked", listOf),
});

/** The files of a list of machines: one input, or an array of at most 10,000. */
export function machineFiles(value, argument) {
  if (!Array.isArray(value)) return [input(value, argument, LIMITS.registry)];
  if (value.length > 10_000) throw invalid(argument, "has more than 10000 files");
  return Array.from(value, (file, index) => input(file, `${argument}[${index}]`, LIMITS.registry));
}

/** The moment to appraise for: the caller's, else the clock of this computer. */
function readTime(at, time) {
  if (time !== undefined) oneOf(time, "time", ["now", "as_of"]);
  if (at !== undefined) {
    return { at: integer(at, "at", 0, Number.MAX_SAFE_INTEGER), time: time ?? "as_of" };
  }
  if (time === "as_of") throw invalid("at", "must be given when `time` is `as_of`");
  return { at: Math.floor(Date.now() / 1000), time: "now" };
}

/**
 * Hands over the bytes of an input, at most one past its limit.
 * @typedef {() => Uint8Array | Promise<Uint8Array>} Reader
 */

/** Bytes whose owner does nothing more to them. */
const kept = new WeakSet();

/**
 * Marks bytes that nobody changes any more: they are not copied. For the command line, whose files can be large.
 * @param {Uint8Array} bytes
 */
export function handedOver(bytes) {
  kept.add(bytes);
  return bytes;
}

/**
 * Checks an input's type and takes its bytes.
 * @param {unknown} value
 * @param {string} argument
 * @param {number} limit
 * @returns {Reader}
 */
export function input(value, argument, limit) {
  const most = limit + 1;
  if (typeof value === "string") {
    // A character is at least one byte of UTF-8, so the first `most` of them hold the first `most` bytes.
    const bytes = new TextEncoder().encode(value.slice(0, most)).subarray(0, most);
    return () => bytes;
  }
  const bytes = viewBytes(value, argument);
  if (bytes !== undefined) {
    const copy = kept.has(value) ? bytes.subarray(0, most) : bytes.slice(0, most);
    return () => copy;
  }
  if (isBlob(value)) {
    return async () => {
      try {
        return new Uint8Array(await Blob.prototype.slice.call(value, 0, most).arrayBuffer());
      } catch (cause) {
        // For example: the file was changed or removed after it was picked.
        throw coded(new Error(`${argument} could not be read: ${cause}`, { cause }), "INPUT_UNREADABLE");
      }
    };
  }
  throw invalid(argument, `must be a string, Uint8Array, ArrayBuffer or Blob, not ${describe(value)}`);
}

// Ceremonies.

/** What `recordCeremony` takes. */
export function readRecordRequest(request, textOf) {
  const given = only(request, "request", [
    "entered", "evidence", "collateral", "collateralFrom", "policy", "attesters", "wasmSha256", "earlier", "colocation",
  ]);
  const options = {};
  const put = optional(given, options);
  put("collateralFrom", (value, key) => oneOf(value, key, ["site", "witness", "applicant"]));
  put("policy", text);
  put("attesters", text);
  put("wasmSha256", text);
  const colocation = given.colocation === undefined ? undefined : readItems(given.colocation, "colocation");
  if (colocation !== undefined) options.colocation = colocation.json;
  return {
    files: colocation?.files ?? [],
    entered: plain(given.entered, "entered"),
    evidence: input(given.evidence, "evidence", LIMITS.evidence),
    collateral: input(textOf(given.collateral), "collateral", LIMITS.collateral),
    earlier: inputs(given.earlier, "earlier"),
    options,
  };
}

/** What `openCeremony` takes beside the file. */
export function readOpenOptions(request = {}, textOf, listOf) {
  const given = only(request, "options", [
    "signers", "attesters", "now", "collateral", "collateralFrom", "registry", "revoked", "earlier", "files",
  ]);
  const options = {};
  const put = optional(given, options);
  put("signers", text);
  put("attesters", text);
  put("now", (value, key) => integer(value, key, 0, Number.MAX_SAFE_INTEGER));
  put("collateralFrom", (value, key) => oneOf(value, key, ["site", "witness", "applicant"]));
  for (const key of ["collateral", "registry", "revoked"]) {
    if (given[key] !== undefined && given.now === undefined) {
      throw invalid("now", `must be given with \`${key}\`, which is only used for what is known then`);
    }
  }
  return {
    collateral: given.collateral === undefined ? undefined : input(textOf(given.collateral), "collateral", LIMITS.collateral),
    earlier: inputs(given.earlier, "earlier"),
    files: inputs(given.files, "files", LIMITS.colocation.log),
    lists: bothLists(given, listOf),
    options,
  };
}

// Evidence of colocation.

/** What `checkColocation` takes. */
export function readColocationRequest(request) {
  const given = only(request, "request", ["items", "machine", "at", "ceremony", "signers", "attesters"]);
  const now = Math.floor(Date.now() / 1000);
  const options = { at: given.at === undefined ? now : integer(given.at, "at", 0, Number.MAX_SAFE_INTEGER) };
  const put = optional(given, options);
  put("machine", text);
  put("signers", text);
  put("attesters", text);
  const { json, files } = readItems(given.items, "items");
  return {
    items: json,
    files,
    ceremony: given.ceremony === undefined ? undefined : input(given.ceremony, "ceremony", LIMITS.ceremony),
    options,
  };
}

/** Items as JSON text, and their files' contents in the order in which they stand there. */
function readItems(value, argument) {
  const contents = [];
  const items = each(value, argument, (item, place) => {
    const { entered, files } = only(item, place, ["entered", "files"]);
    return {
      entered,
      files: each(files, `${place}.files`, (file, where) => {
        const { role, name, content } = only(file, where, ["role", "name", "content"]);
        const limit = Object.hasOwn(LIMITS.colocation, role) ? LIMITS.colocation[role] : LIMITS.colocation.other;
        contents.push(input(content, `${where}.content`, limit));
        return { role: text(role, `${where}.role`), name: text(name, `${where}.name`) };
      }),
    };
  });
  return { json: plain(items, argument), files: contents };
}

/** At most 32 of something, each read with its place. */
function each(value, argument, read) {
  if (!Array.isArray(value)) throw invalid(argument, `must be an array, not ${describe(value)}`);
  if (value.length > 32) throw invalid(argument, `has ${value.length} entries; at most 32 are accepted`);
  return Array.from(value, (entry, index) => read(entry, `${argument}[${index}]`));
}

// Trust tokens.

/** What `verifyToken` takes. */
export function readTokenRequest(request, bundleOf) {
  const given = only(request, "request", ["token", "keys", "alliance", "quote", "collateral", "collateralFrom", "at", "time"]);
  if (given.quote === undefined && given.collateral !== undefined) {
    throw invalid("quote", "must be given with `collateral`, which is only used for it");
  }
  const options = readTime(given.at, given.time);
  const put = optional(given, options);
  put("keys", text);
  put("alliance", text);
  put("collateralFrom", (value, key) => oneOf(value, key, ["site", "witness", "applicant"]));
  const bundle = bundleOf(given.collateral);
  const isFile = bundle === undefined && given.collateral !== undefined;
  return {
    token: input(given.token, "token", LIMITS.token),
    quote: given.quote === undefined ? undefined : input(given.quote, "quote", LIMITS.evidence),
    collateral: isFile ? input(given.collateral, "collateral", LIMITS.collateral) : undefined,
    bundle,
    options,
  };
}

/** A signature: `{ ssh }`, or `{ key, signature }` with the 64 bytes that WebCrypto gives. */
export function readSignature(value) {
  const given = only(value, "signature", ["ssh", "key", "signature"]);
  if ((given.ssh === undefined) === (given.key === undefined)) {
    throw invalid("signature", "must have either `ssh`, or `key` and `signature`");
  }
  if (given.ssh !== undefined) {
    if (given.signature !== undefined) throw invalid("signature", "must not stand beside `ssh`");
    return { options: { ssh: text(given.ssh, "ssh") }, bytes: undefined };
  }
  return { options: { key: text(given.key, "key") }, bytes: bytes(given.signature, "signature", 64) };
}

// The registry.

/** What `loadRegistry` takes beside the files. */
export function readLoadOptions(value = {}) {
  const options = {};
  optional(only(value, "options", ["signers"]), options)("signers", text);
  return options;
}

/** What `searchRegistry` takes beside list and text. */
export function readSearchOptions(value = {}) {
  const { offset = 0, limit = 50 } = only(value, "options", ["offset", "limit"]);
  return {
    offset: integer(offset, "offset", 0, Number.MAX_SAFE_INTEGER),
    limit: integer(limit, "limit", 0, 1000),
  };
}

/** What `enrol` takes beside the record. */
export function readEnrolRequest(request, listOf) {
  const given = only(request, "request", ["known", "author", "at", "revoked", "signers", "attesters"]);
  const author = only(given.author, "author", ["name", "email"]);
  const options = {
    name: text(author.name, "author.name"),
    email: text(author.email, "author.email"),
    at: integer(given.at, "at", 0, Number.MAX_SAFE_INTEGER),
  };
  const put = optional(given, options);
  put("signers", text);
  put("attesters", text);
  return {
    known: input(given.known, "known", LIMITS.registry),
    lists: { revoked: list(given.revoked, "revoked", listOf) },
    options,
  };
}

/** What `checkEnrolment` takes. */
export function readCheckRequest(request, listOf) {
  const given = only(request, "request", [
    "patch", "changes", "record", "known", "present", "revoked", "signers", "attesters", "earlier",
  ]);
  if ((given.patch === undefined) === (given.changes === undefined)) {
    throw invalid("request", "must have either `patch` or `changes`");
  }
  if (given.present !== undefined && !Array.isArray(given.present)) throw invalid("present", "must be an array");
  const files = [];
  const content = (value, place) =>
    value === null || value === undefined ? undefined : files.push(input(value, place, LIMITS.patch)) - 1;
  if (given.changes !== undefined && !Array.isArray(given.changes)) throw invalid("changes", "must be an array");
  if (given.changes?.length > 10_000) throw invalid("changes", "has more than 10000 files");
  const changes = Array.from(given.changes ?? [], (change, index) => {
    const place = `changes[${index}]`;
    const { path, before, after, plain: isPlain = true } = only(change, place, ["path", "before", "after", "plain"]);
    if (typeof isPlain !== "boolean") throw invalid(`${place}.plain`, "must be true or false");
    return {
      path: text(path, `${place}.path`),
      before: content(before, `${place}.before`),
      after: content(after, `${place}.after`),
      plain: isPlain,
    };
  });
  const options = { changes, present: Array.from(given.present ?? [], (path, index) => text(path, `present[${index}]`)) };
  const put = optional(given, options);
  put("signers", text);
  put("attesters", text);
  const read = (key, limit) => (given[key] === undefined ? undefined : input(given[key], key, limit));
  return {
    patch: read("patch", LIMITS.patch),
    known: read("known", LIMITS.registry),
    record: read("record", LIMITS.ceremony),
    files,
    earlier: inputs(given.earlier, "earlier"),
    lists: { revoked: list(given.revoked, "revoked", listOf) },
    options,
  };
}

/** Exactly so many bytes. */
export function bytes(value, argument, length) {
  const view = viewBytes(value, argument);
  if (view === undefined) throw invalid(argument, `must be a Uint8Array or ArrayBuffer, not ${describe(value)}`);
  if (view.length !== length) throw invalid(argument, `must have ${length} bytes, not ${view.length}`);
  return view.slice();
}

/** At most 1000 files. */
function inputs(value, argument, limit = LIMITS.ceremony) {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw invalid(argument, `must be an array, not ${describe(value)}`);
  if (value.length > 1000) throw invalid(argument, "has more than 1000 files");
  return Array.from(value, (file, index) => input(file, `${argument}[${index}]`, limit));
}

/**
 * Plain data as JSON text: strings, booleans, null, safe integers, arrays and plain objects of such. Everything else
 * is refused by its place: `JSON.stringify` alone would leave `undefined` and functions out and make null of NaN.
 * @param {unknown} value
 * @param {string} argument
 */
export function plain(value, argument) {
  const json = JSON.stringify(plainCopy(value, argument, 0));
  if (json.length > LIMITS.text) throw invalid(argument, "is longer than 1 MiB");
  return json;
}

function plainCopy(value, place, depth) {
  if (depth > 20) throw invalid(place, "is nested too deeply");
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return integer(value, place, 0, Number.MAX_SAFE_INTEGER);
  if (Array.isArray(value)) return Array.from(value, (item, index) => plainCopy(item, `${place}[${index}]`, depth + 1));
  if (!isPlainObject(value)) {
    throw invalid(place, `must be text, a number, true, false, null, an array or a plain object, not ${describe(value)}`);
  }
  const copy = Object.create(null);
  for (const key of Reflect.ownKeys(value)) {
    if (typeof key === "symbol") throw invalid(place, "must not have symbols as keys");
    copy[key] = plainCopy(value[key], `${place}.${key}`, depth + 1);
  }
  return copy;
}

/** The own values of a plain object that has no other keys than these. */
function only(value, argument, keys) {
  if (!isPlainObject(value)) throw invalid(argument, `must be a plain object, not ${describe(value)}`);
  for (const key of Reflect.ownKeys(value)) {
    if (!keys.includes(key)) throw invalid(String(key), `is not a known part of ${argument}`);
  }
  return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(value, key) ? value[key] : undefined]));
}

/** Puts a value into the options where it is given. */
const optional = (given, options) => (key, read) => {
  if (given[key] !== undefined) options[key] = read(given[key], key);
};

// The built-in getters look at what an object is, not at what it says that it is, and work for objects of
// another realm (a frame, a worker's message, Node's vm), where `instanceof` does not.
const getter = (prototype, property) => Object.getOwnPropertyDescriptor(prototype, property).get;
const typedArrayName = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
const arrayBufferLength = getter(ArrayBuffer.prototype, "byteLength");
const blobSize = getter(Blob.prototype, "size");

function answers(get, value) {
  try {
    get.call(value);
    return true;
  } catch {
    return false;
  }
}

const { keys: typedArrayKeys } = Uint8Array.prototype;
const isArrayBuffer = (value) => answers(arrayBufferLength, value);
const isBlob = (value) => answers(blobSize, value);

/** A Uint8Array or ArrayBuffer as bytes; undefined for anything else. */
function viewBytes(value, argument) {
  const isView = typedArrayName.call(value) === "Uint8Array";
  if (!isView && !isArrayBuffer(value)) return undefined;
  // Memory that another thread can write to has no one content to verify.
  if (isView && !isArrayBuffer(value.buffer)) throw invalid(argument, "must not lie in shared memory");
  try {
    // A view past the end of a buffer that was made smaller says that it is empty; this throws.
    if (isView) typedArrayKeys.call(value);
    return isView ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
  } catch {
    throw invalid(argument, "was transferred away or made smaller, and holds no bytes any more");
  }
}

/**
 * A short text, whole.
 * @param {unknown} value
 * @param {string} argument
 */
export function text(value, argument) {
  if (typeof value !== "string") throw invalid(argument, `must be a string, not ${describe(value)}`);
  if (value.length > LIMITS.text) throw invalid(argument, "is longer than 1 MiB");
  return value;
}

/**
 * @param {unknown} value
 * @param {string} argument
 * @param {number} least
 * @param {number} most
 */
export function integer(value, argument, least, most) {
  if (!Number.isSafeInteger(value)) {
    const what = typeof value === "number" ? String(value) : describe(value);
    throw invalid(argument, `must be a safe integer, not ${what}`);
  }
  if (value < least || value > most) throw invalid(argument, `must be from ${least} to ${most}, not ${value}`);
  return value;
}

function oneOf(value, argument, words) {
  if (!words.includes(value)) {
    const what = typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : describe(value);
    throw invalid(argument, `must be one of ${words.join(", ")}, not ${what}`);
  }
  return value;
}

function isPlainObject(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(value) {
  if (value === null || value === undefined) return String(value);
  // "[object DataView]" → "DataView"
  return typeof value === "object" ? Object.prototype.toString.call(value).slice(8, -1) : typeof value;
}

/**
 * A wrong call: a TypeError that names the argument.
 * @param {string} argument
 * @param {string} problem
 */
export function invalid(argument, problem) {
  return Object.assign(coded(new TypeError(`cloud-witness: ${argument} ${problem}`), "INVALID_ARGUMENT"), { argument });
}

/**
 * @template {Error} E
 * @param {E} error
 * @param {string} code
 * @returns {E & { code: string }}
 */
export function coded(error, code) {
  return Object.assign(error, { code });
}
