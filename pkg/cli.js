#!/usr/bin/env node
// The command line: arguments in, a Report out. The exit status is the verdict.

import { createReadStream } from "node:fs";
import { appendFile, mkdir, open, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { parseArgs } from "node:util";

import { LIMITS, handedOver } from "./border.js";
import { changesBetween, checkBesideRecords, readFolder, sameChallenge } from "./cli-registry.js";
import {
  ceremonyText, challengeText, colocationText, countsText, enrolmentMarkdown, enrolmentText, jsonText, manyText, printable,
  proposalText, reportText, tokenText,
} from "./cli-text.js";
import {
  Collateral, checkColocation, checkEnrolment, colocationTemplates, enrol, generateChallenge, init, loadRegistry,
  openCeremony, parseAttesters, parsePolicy, recordCeremony, verifierInfo, verify, verifyMany, verifyToken,
} from "./node.js";

const HELP = `cloud-witness verify FILE [options]
    Reads an attester's file (or a bare quote) and says whether it is genuine, answers the challenge, and
    which machine made it. FILE may be - for standard input, as may every other FILE below, once in all.

    --challenge HEX              the challenge that was read out
    --challenge-issued RFC3339   when it was made
    --challenge-minutes N        how long it may be answered (1 to 1440, default 15)
    --sha256 HEX                 the file's SHA-256 as noted on the call, whole or its first digits
    --collateral FILE            Intel's collateral: a bundle of all platforms, or one platform's QuoteCollateralV3
    --collateral-from WHO        site, witness or applicant (default: applicant)
    --at RFC3339                 appraise as of this moment, for example 2025-06-20T12:00:00Z (default: now)
    --policy NAME|FILE           ceremony (default), strict, or a policy as JSON
    --attesters FILE             the list of known attester builds, as JSON
    --registry FILE              a list of known machines: lines id,label, the charter's JSON, or a record; may be repeated
    --revoked FILE               a list of revoked machines, likewise
    --json                       print the Report as JSON

cloud-witness verify-many FILE|FOLDER... [options]
    Verifies many files (of a folder: all in it, at any depth), a line each, and a count at the end. The same options as
    verify, but those that are about one ceremony, and:

    --workers N                  on how many threads (0 to 64, default: one a core)
    --json                       print a line of JSON a file: {"file", "report"}, or {"file", "error"}

cloud-witness challenge [--bytes N] [--json]
    Makes a challenge of N random bytes (8 to 64, default 32).

cloud-witness ceremony verify FILE [options]
    Opens a ceremony's record (ceremony.dsse.json), appraises its evidence again as of its time, and checks who signed.

    --signers FILE               the list of signers that you trust, as JSON; without it the best verdict is warning
    --attesters FILE             the list of attester builds that you know, as JSON; without it as well
    --collateral FILE            today's collateral: also says what is known of the hardware now
    --collateral-from WHO        site, witness or applicant (default: applicant)
    --registry FILE              today's list of known machines: also says whether this one is on it; may be repeated
    --revoked FILE               today's list of revoked machines, likewise; the exit status stays the record's own
    --earlier FILE               another ceremony's file, in which the challenge must not stand; may be repeated
    --file FILE                  a file that the record names and does not hold, such as a log; may be repeated
    --json                       print the CeremonyReport as JSON

cloud-witness colocation check FILE [options]
    Checks evidence that a machine stands in a data centre, and says what it is worth against whom. FILE is JSON:
    {"machine": "intel:sgx:ppid:…", "items": [{"entered": {…}, "files": [{"role": "mail", "name": "host.eml"}]}]}
    with files by their names beside it (docs/colocation.md). Exit status: 0 if every item counts, else 10.

    --at RFC3339                 check for this moment (default: now)
    --ceremony FILE              the record of a ceremony on a cloud's console about the same machine
    --signers FILE               the list of signers that you trust, for it
    --attesters FILE             the list of attester builds that you know, for it
    --json                       print the ColocationReport as JSON

cloud-witness colocation record FILE [options]
    Makes the record that participants sign, of evidence as for check, and prints it. Needs:

    --entered FILE               what people entered, as JSON (docs/ceremony-record.md)
    --evidence FILE              the attester's file
    --collateral FILE            Intel's collateral
    --collateral-from WHO, --policy NAME|FILE, --attesters FILE   as for verify

cloud-witness colocation open FILE [options]
    The same as ceremony verify.

cloud-witness colocation template [NAME]
    Prints a text to start from; without a name, which there are.

cloud-witness token check FILE [options]
    Checks a trust server's token (a JWT) without that server: its key, signature and times, and what it lacks.

    --keys FILE                  the server's keys.json, for RS256
    --alliance FILE              the alliance's dated keys, as JSON, for EdDSA and Ed25519 (default: those of this build)
    --quote FILE                 the quote, or the attester's file: its hash and its machine are compared
    --collateral FILE            Intel's collateral for that quote
    --collateral-from WHO        site, witness or applicant (default: applicant)
    --at RFC3339                 as of this moment (default: now)
    --json                       print the TokenReport as JSON

cloud-witness registry add RECORD --in FOLDER [options]
    Adds a record's machine to a checkout of a registry (docs/registry.md): its line in known.csv, its entry, its record.

    --patch FILE                 write a patch for git am instead, and leave the folder as it is; - for standard output
    --name NAME --email ADDRESS  its author
    --at RFC3339                 its time (default: now)
    --json                       print what was proposed as JSON

cloud-witness registry check --base FOLDER (--head FOLDER | --patch FILE) [options]
    Checks that a change adds one machine by a record that verifies, and nothing else. Signers, attester builds and lists
    are those of the base.

    --record FILE                your own copy of the record, which the change must hold
    --summary FILE               also append the result to this file, as Markdown
    --json                       print the EnrolmentReport as JSON

cloud-witness --help | --version

Exit status: 0 affirming, 10 warning, 20 contraindicated, 30 none (nothing could be decided),
2 wrong usage, or help behind a command, 70 a bug in this program. Of many files, the worst: 20, then 2 (one cannot
be read), 30, 10, 0.
`;

const STATUS = { affirming: 0, warning: 10, contraindicated: 20, none: 30 };
const STATUS_USAGE = 2;
const STATUS_BUG = 70;

/** Something that the user can put right. */
class UsageError extends Error {}

/** Lists of known and of revoked machines. */
const LISTS = {
  "registry": { type: "string", multiple: true },
  "revoked": { type: "string", multiple: true },
};

const OPTIONS = {
  verify: {
    "challenge": { type: "string" },
    "challenge-issued": { type: "string" },
    "challenge-minutes": { type: "string" },
    "sha256": { type: "string" },
    "collateral": { type: "string" },
    "collateral-from": { type: "string" },
    "at": { type: "string" },
    "policy": { type: "string" },
    "attesters": { type: "string" },
    ...LISTS,
    "json": { type: "boolean" },
  },
  "verify-many": {
    "collateral": { type: "string" },
    "collateral-from": { type: "string" },
    "at": { type: "string" },
    "policy": { type: "string" },
    "attesters": { type: "string" },
    "workers": { type: "string" },
    ...LISTS,
    "json": { type: "boolean" },
  },
  challenge: {
    "bytes": { type: "string" },
    "json": { type: "boolean" },
  },
  ceremony: {
    "signers": { type: "string" },
    "attesters": { type: "string" },
    "collateral": { type: "string" },
    "collateral-from": { type: "string" },
    ...LISTS,
    "earlier": { type: "string", multiple: true },
    "file": { type: "string", multiple: true },
    "json": { type: "boolean" },
  },
  colocation: {
    "at": { type: "string" },
    "ceremony": { type: "string" },
    "signers": { type: "string" },
    "attesters": { type: "string" },
    "entered": { type: "string" },
    "evidence": { type: "string" },
    "collateral": { type: "string" },
    "collateral-from": { type: "string" },
    "policy": { type: "string" },
    ...LISTS,
    "earlier": { type: "string", multiple: true },
    "file": { type: "string", multiple: true },
    "json": { type: "boolean" },
  },
  token: {
    "keys": { type: "string" },
    "alliance": { type: "string" },
    "quote": { type: "string" },
    "collateral": { type: "string" },
    "collateral-from": { type: "string" },
    "at": { type: "string" },
    "json": { type: "boolean" },
  },
  registry: {
    "in": { type: "string" },
    "patch": { type: "string" },
    "name": { type: "string" },
    "email": { type: "string" },
    "at": { type: "string" },
    "base": { type: "string" },
    "head": { type: "string" },
    "record": { type: "string" },
    "summary": { type: "string" },
    "json": { type: "boolean" },
  },
};

/** Which of these each verb of `colocation` takes. */
const COLOCATION = {
  check: ["at", "ceremony", "signers", "attesters", "json"],
  record: ["entered", "evidence", "collateral", "collateral-from", "policy", "attesters"],
  open: Object.keys(OPTIONS.ceremony),
  template: [],
};

/** @param {string[]} words */
async function main(words) {
  const [command, ...rest] = words;
  if (["--help", "help", "-h"].includes(command)) {
    process.stdout.write(HELP);
    return 0;
  }
  // Behind a command it may be the name of a file that somebody sent: then the status must not be that of a good verdict.
  if (beforeNames(rest).includes("--help")) {
    process.stdout.write(HELP);
    return STATUS_USAGE;
  }
  if (command === "--version" && rest.length === 0) {
    await init();
    const { name, version, commit, engine } = verifierInfo();
    process.stdout.write(printable(`${name} ${version} (commit ${commit}, ${engine})`) + "\n");
    return 0;
  }
  if (!Object.hasOwn(OPTIONS, command ?? "")) {
    throw new UsageError(command === undefined ? "which command?" : `there is no command ${command}`);
  }
  const { values, positionals } = parse(rest, OPTIONS[command]);
  const run = {
    verify: runVerify, "verify-many": runVerifyMany, challenge: runChallenge, ceremony: runCeremony, colocation: runColocation,
    registry: runRegistry, token: runToken,
  }[command];
  return run(values, positionals);
}

/** Words before `--`, behind which there are names only. */
const beforeNames = (words) => words.slice(0, words.includes("--") ? words.indexOf("--") : undefined);

function parse(words, options) {
  let parsed;
  try {
    parsed = parseArgs({ args: words, options, allowPositionals: true, strict: true, tokens: true });
  } catch (error) {
    throw new UsageError(error.message);
  }
  const names = parsed.tokens
    .filter((token) => token.kind === "option" && !options[token.name].multiple)
    .map((token) => token.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  // Which of two challenges counts is not for this program to choose.
  if (twice !== undefined) throw new UsageError(`--${twice} is given twice`);
  return parsed;
}

async function runVerify(values, positionals) {
  if (positionals.length !== 1) throw new UsageError(`verify takes one FILE, not ${positionals.length}`);
  const [file] = positionals;
  const request = {
    ...(await shared(values, [file])),
    challenge: values.challenge,
    challengeIssuedAt: moment(values, "challenge-issued"),
    challengeMinutes: number(values, "challenge-minutes", 1, 1440),
    sha256: values.sha256,
    evidence: await readBytes(file, LIMITS.evidence),
  };
  await init();
  const report = await verify(request).catch(asUsage);
  if (!Object.hasOwn(STATUS, report.verdict)) throw new Error(`unknown verdict ${report.verdict}`);
  process.stdout.write(values.json ? jsonText(report) : reportText(report));
  return STATUS[report.verdict];
}

/** What a request says beside its evidence and its ceremony. */
async function shared(values, files) {
  const policyFile = ["ceremony", "strict"].includes(values.policy) ? undefined : values.policy;
  if ([...files, values.collateral, policyFile, values.attesters, ...listFiles(values)].filter((name) => name === "-").length > 1) {
    throw new UsageError("only one FILE can be - (standard input)");
  }
  const at = moment(values, "at");
  return {
    collateralFrom: oneOf(values, "collateral-from", ["site", "witness", "applicant"]),
    at,
    time: at === undefined ? "now" : "as_of",
    collateral: values.collateral === undefined ? undefined : await readBytes(values.collateral, LIMITS.collateral),
    policy: policyFile === undefined ? values.policy : await readText(policyFile),
    attesters: values.attesters === undefined ? undefined : await readText(values.attesters),
    ...(await bothLists(values)),
  };
}

/** The names of all files of the lists of machines. */
const listFiles = ({ registry = [], revoked = [] }) => [...registry, ...revoked];

async function bothLists({ registry, revoked }) {
  return { registry: await machines(registry), revoked: await machines(revoked) };
}

/** The files of a list of machines. */
async function machines(names) {
  return names === undefined ? undefined : Promise.all(names.map((name) => readBytes(name, LIMITS.registry)));
}

async function runVerifyMany(values, positionals) {
  if (positionals.length === 0) throw new UsageError("verify-many takes files or folders");
  const request = await shared(values, positionals);
  const workers = number(values, "workers", 0, 64);
  /** Why, by file. */
  const unread = new Map();
  const files = (await Promise.all(positionals.map((name) => filesOf(name, unread)))).flat();
  await init();
  // Wrong options would make every line an error: they are said once.
  if (request.policy !== undefined) asked(() => parsePolicy(request.policy));
  if (request.attesters !== undefined) asked(() => parseAttesters(request.attesters));
  request.collateral = await bundled(request.collateral);
  if (request.registry !== undefined) request.registry = await loadRegistry(request.registry).catch(asUsage);
  if (request.revoked !== undefined) request.revoked = await loadRegistry(request.revoked).catch(asUsage);

  async function* requests() {
    for (const file of files) {
      // A file that cannot be read is one line, not the end of all.
      const read = unread.has(file) ? Promise.resolve(new Uint8Array()) : readBytes(file, LIMITS.evidence);
      const evidence = await read.catch((error) => {
        unread.set(file, error.message);
        return new Uint8Array();
      });
      yield { ...request, evidence };
    }
  }
  const counts = new Map();
  const waiting = new Map();
  let next = 0;
  for await (const answer of verifyMany(requests(), { workers })) {
    waiting.set(answer.index, answer);
    // In the order of the files, whichever was done first.
    for (let ready = waiting.get(next); ready !== undefined; ready = waiting.get(next)) {
      waiting.delete(next);
      const file = files[next];
      next += 1;
      const error = unread.get(file) ?? ready.error?.message;
      if (ready.error?.code === "BUG") throw ready.error;
      const word = error === undefined ? ready.report.verdict : "unreadable";
      if (error === undefined && !Object.hasOwn(STATUS, word)) throw new Error(`unknown verdict ${word}`);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      const line = error === undefined ? { file, report: ready.report } : { file, error };
      process.stdout.write(values.json ? jsonText(line) : manyText(line));
    }
  }
  if (!values.json) process.stdout.write(countsText(counts));
  const worst = ["contraindicated", "none", "warning", "affirming"].find((verdict) => counts.has(verdict));
  if (counts.has("unreadable") && worst !== "contraindicated") return STATUS_USAGE;
  return worst === undefined ? STATUS.none : STATUS[worst];
}

/** A file, or all of a folder at any depth, in a fixed order. What is neither file nor folder is named, and not opened. */
async function filesOf(name, unread) {
  if (name === "-") return [name];
  try {
    if (!(await stat(name)).isDirectory()) return [name];
    const entries = await readdir(name, { recursive: true, withFileTypes: true });
    const pathOf = (entry) => join(entry.parentPath ?? entry.path, entry.name);
    const others = entries.filter((entry) => !entry.isFile() && !entry.isDirectory()).map(pathOf);
    for (const path of others) unread.set(path, `${path} is neither a file nor a folder: give it by itself`);
    return [...entries.filter((entry) => entry.isFile()).map(pathOf), ...others].sort();
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${error.message}`);
  }
}

/** A bundle is parsed once for all; one platform's collateral is given as it is. */
async function bundled(collateral) {
  if (collateral === undefined) return undefined;
  return Collateral.load(collateral).catch((error) => {
    if (error.code === "BUNDLE_UNRECOGNISED") return collateral;
    return asUsage(error);
  });
}

function asked(read) {
  try {
    read();
  } catch (error) {
    asUsage(error);
  }
}

/** Once the wasm is loaded, what it refuses (a policy, a list, an argument) is the user's to put right. */
function asUsage(error) {
  throw ["BUG", "VERIFIER_UNSTEADY"].includes(error.code) ? error : new UsageError(`${bare(error)} (${error.code})`);
}

async function runChallenge(values, positionals) {
  if (positionals.length > 0) throw new UsageError(`challenge takes no ${positionals[0]}`);
  const bytes = number(values, "bytes", 8, 64) ?? 32;
  await init();
  const challenge = generateChallenge(bytes);
  process.stdout.write(values.json ? jsonText(challenge) : challengeText(challenge));
  return 0;
}

async function runCeremony(values, positionals) {
  const [verb, file, ...more] = positionals;
  if (verb !== "verify" || file === undefined || more.length > 0) {
    throw new UsageError("ceremony takes `verify` and one FILE");
  }
  const [earlier, beside] = [values.earlier ?? [], values.file ?? []];
  atMostOnce([file, values.signers, values.attesters, values.collateral, ...listFiles(values), ...earlier, ...beside]);
  const record = await readBytes(file, LIMITS.ceremony);
  const options = {
    signers: values.signers === undefined ? undefined : await readText(values.signers),
    attesters: values.attesters === undefined ? undefined : await readText(values.attesters),
    collateralFrom: oneOf(values, "collateral-from", ["site", "witness", "applicant"]),
    earlier: await Promise.all(earlier.map((name) => readBytes(name, LIMITS.ceremony))),
    files: await Promise.all(beside.map((name) => readBytes(name, LIMITS.colocation.log))),
    now: Math.floor(Date.now() / 1000),
    collateral: values.collateral === undefined ? undefined : await readBytes(values.collateral, LIMITS.collateral),
    ...(await bothLists(values)),
  };
  await init();
  const report = await openCeremony(record, options).catch(asUsage);
  if (!Object.hasOwn(STATUS, report.verdict)) throw new Error(`unknown verdict ${report.verdict}`);
  process.stdout.write(values.json ? jsonText(report) : ceremonyText(report, { isToday: values.collateral !== undefined }));
  return STATUS[report.verdict];
}

async function runColocation(values, positionals) {
  const [verb, file, ...more] = positionals;
  if (!Object.hasOwn(COLOCATION, verb ?? "") || more.length > 0 || (file === undefined && verb !== "template")) {
    throw new UsageError("colocation takes `check`, `record` or `open` and one FILE, or `template`");
  }
  const wrong = Object.keys(values).find((name) => !COLOCATION[verb].includes(name));
  if (wrong !== undefined) throw new UsageError(`colocation ${verb} takes no --${wrong}`);
  if (verb === "open") return runCeremony(values, ["verify", file]);
  if (verb === "template") return runTemplate(file);
  return verb === "check" ? checkEvidence(values, file) : recordEvidence(values, file);
}

async function checkEvidence(values, file) {
  const { signers, attesters, ceremony } = values;
  atMostOnce([file, signers, attesters, ceremony]);
  const request = {
    ...(await readEvidence(file)),
    at: moment(values, "at"),
    signers: signers === undefined ? undefined : await readText(signers),
    attesters: attesters === undefined ? undefined : await readText(attesters),
    ceremony: ceremony === undefined ? undefined : await readBytes(ceremony, LIMITS.ceremony),
  };
  await init();
  const report = await checkColocation(request).catch(asUsage);
  process.stdout.write(values.json ? jsonText(report) : colocationText(report));
  return report.items.length > 0 && report.items.every((item) => item.counts) ? 0 : STATUS.warning;
}

async function recordEvidence(values, file) {
  for (const needed of ["entered", "evidence", "collateral"]) {
    if (values[needed] === undefined) throw new UsageError(`colocation record needs --${needed}`);
  }
  const policyFile = ["ceremony", "strict"].includes(values.policy) ? undefined : values.policy;
  atMostOnce([file, values.entered, values.evidence, values.collateral, values.attesters, policyFile]);
  const { items } = await readEvidence(file);
  const request = {
    entered: await readJson(values.entered),
    evidence: await readBytes(values.evidence, LIMITS.evidence),
    collateral: await readBytes(values.collateral, LIMITS.collateral),
    collateralFrom: oneOf(values, "collateral-from", ["site", "witness", "applicant"]),
    policy: policyFile === undefined ? values.policy : await readText(policyFile),
    attesters: values.attesters === undefined ? undefined : await readText(values.attesters),
    colocation: items,
  };
  await init();
  const { record, verdict, findings } = await recordCeremony(request).catch(asUsage);
  if (record === null) {
    for (const { detail, advice, code } of findings) {
      process.stderr.write(printable(`cloud-witness: ${detail} [${code}] ${advice}`) + "\n");
    }
    process.stderr.write("No record can be made. Nothing of what was given is lost.\n");
    return STATUS[verdict] === 0 ? STATUS.contraindicated : STATUS[verdict];
  }
  process.stdout.write(record.file);
  return STATUS[verdict];
}

async function runTemplate(name) {
  await init();
  const templates = colocationTemplates();
  if (name === undefined) {
    for (const { id, title } of templates) process.stdout.write(printable(`${id.padEnd(20)} ${title}`) + "\n");
    return 0;
  }
  const template = templates.find(({ id }) => id === name);
  if (template === undefined) throw new UsageError(`there is no template ${name}`);
  process.stdout.write(template.text);
  return 0;
}

/** Items from their JSON, with the files that they name, which lie beside it. */
async function readEvidence(file) {
  const given = await readJson(file);
  const folder = file === "-" ? "." : dirname(file);
  const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isObject(given) || !Array.isArray(given.items)) {
    throw new UsageError(`${file} is no JSON object with a list \`items\``);
  }
  const { machine, items, ...others } = given;
  if (Object.keys(others).length > 0) throw new UsageError(`${file} has an unknown part ${Object.keys(others)[0]}`);
  const read = async ({ name, ...rest }) => {
    if (typeof name !== "string") throw new UsageError(`${file} names a file without a \`name\``);
    // Who sent the evidence does not choose what else is read here.
    if (isAbsolute(name) || name.split(/[/\\]/).includes("..")) {
      throw new UsageError(`${file} names ${name}, which does not lie beside it`);
    }
    const limit = Object.hasOwn(LIMITS.colocation, rest.role) ? LIMITS.colocation[rest.role] : LIMITS.colocation.other;
    return { ...rest, name, content: await readBytes(resolve(folder, name), limit) };
  };
  return {
    machine: machine ?? undefined,
    items: await Promise.all(items.map(async (item) => {
      if (!isObject(item) || !Array.isArray(item.files) || !item.files.every(isObject)) {
        throw new UsageError(`${file} has an item without \`entered\` and \`files\``);
      }
      return { ...item, files: await Promise.all(item.files.map(read)) };
    })),
  };
}

async function readJson(file) {
  const text = await readText(file);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${file} is not JSON: ${error.message}`);
  }
}

function atMostOnce(files) {
  if (files.filter((name) => name === "-").length > 1) throw new UsageError("only one FILE can be - (standard input)");
}

async function runToken(values, positionals) {
  const [verb, file, ...more] = positionals;
  if (verb !== "check" || file === undefined || more.length > 0) throw new UsageError("token takes `check` and one FILE");
  if ([file, values.keys, values.alliance, values.quote, values.collateral].filter((name) => name === "-").length > 1) {
    throw new UsageError("only one FILE can be - (standard input)");
  }
  if (values.collateral !== undefined && values.quote === undefined) throw new UsageError("--collateral is for --quote, which is not given");
  const at = moment(values, "at");
  const given = (name, read, ...limit) => (values[name] === undefined ? undefined : read(values[name], ...limit));
  const request = {
    token: await readBytes(file, LIMITS.token),
    keys: await given("keys", readText),
    alliance: await given("alliance", readText),
    quote: await given("quote", readBytes, LIMITS.evidence),
    collateral: await given("collateral", readBytes, LIMITS.collateral),
    collateralFrom: oneOf(values, "collateral-from", ["site", "witness", "applicant"]),
    at,
    time: at === undefined ? "now" : "as_of",
  };
  await init();
  const report = await verifyToken(request).catch(asUsage);
  if (!Object.hasOwn(STATUS, report.verdict)) throw new Error(`unknown verdict ${report.verdict}`);
  process.stdout.write(values.json ? jsonText(report) : tokenText(report));
  return STATUS[report.verdict];
}

async function runRegistry(values, positionals) {
  const [verb, ...files] = positionals;
  if (verb === "add" && files.length === 1) return addMachine(values, files[0]);
  if (verb === "check" && files.length === 0) return checkMachine(values);
  throw new UsageError("registry takes `add` and one RECORD, or `check` and no FILE");
}

/** Files of a registry's folder that say who and what is trusted there. */
async function trusted(folder) {
  const attesters = join(folder, "attesters.json");
  const has = await stat(attesters).then(() => true, () => false);
  return {
    known: await readBytes(join(folder, "known.csv"), LIMITS.registry),
    revoked: await readBytes(join(folder, "revoked.csv"), LIMITS.registry),
    signers: await readText(join(folder, "signers.json")),
    attesters: has ? await readText(attesters) : undefined,
  };
}

/** Options that belong to the other verb. */
function none(values, verb, options) {
  const given = options.find((option) => values[option] !== undefined);
  if (given !== undefined) throw new UsageError(`registry ${verb} takes no --${given}`);
}

async function addMachine(values, file) {
  none(values, "add", ["base", "head", "record", "summary"]);
  if (values.in === undefined) throw new UsageError("registry add needs --in FOLDER, a checkout of the registry");
  const wantsPatch = values.patch !== undefined;
  for (const option of ["name", "email"]) {
    if (wantsPatch && values[option] === undefined) throw new UsageError(`a patch needs --${option} of its author`);
    if (!wantsPatch && values[option] !== undefined) throw new UsageError(`--${option} is for --patch: git knows your name`);
  }
  const record = await readBytes(file, LIMITS.ceremony);
  const base = await trusted(values.in);
  await init();
  const enrolment = await enrol(record, {
    ...base,
    author: { name: values.name ?? "cloud-witness", email: values.email ?? "none@localhost.invalid" },
    at: moment(values, "at") ?? Math.floor(Date.now() / 1000),
  }).catch(asUsage);
  if (values.patch === "-" && !values.json) process.stdout.write(enrolment.patch);
  else {
    if (!wantsPatch) await write(values.in, enrolment, base.known, record);
    else if (values.patch !== "-") await written(values.patch, enrolment.patch);
    process.stdout.write(values.json ? jsonText(enrolment) : proposalText(enrolment, { folder: values.in, patch: values.patch }));
  }
  return STATUS[enrolment.verdict];
}

/** What is there already is not written over. */
async function write(folder, enrolment, known, record) {
  const gap = known.length === 0 || known.at(-1) === 10 ? "" : "\n";
  await written(join(folder, enrolment.entry_path), enrolment.entry, "wx");
  await written(join(folder, enrolment.record_path), record, "wx");
  await written(join(folder, enrolment.list_path), `${gap}${enrolment.line}\n`, "a");
}

async function written(file, content, flag = "w") {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { flag });
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${error.message}`);
  }
}

async function checkMachine(values) {
  none(values, "check", ["in", "name", "email", "at"]);
  if (values.base === undefined) throw new UsageError("registry check needs --base FOLDER, the registry before the change");
  if ((values.head === undefined) === (values.patch === undefined)) {
    throw new UsageError("registry check needs either --head FOLDER or --patch FILE");
  }
  const [base, before] = [await trusted(values.base), await asking(() => readFolder(values.base))];
  const own = values.record === undefined ? undefined : await readBytes(values.record, LIMITS.ceremony);
  const change = values.patch === undefined
    ? { changes: await asking(async () => changesBetween(before, await readFolder(values.head))) }
    : { patch: await readBytes(values.patch, LIMITS.patch), present: [...before.keys()] };
  await init();
  const report = await checkBesideRecords(
    (request) => checkEnrolment(request).catch(asUsage),
    { ...base, ...change, record: own },
    (hex) => asking(() => sameChallenge(hex, before)),
  );
  if (!Object.hasOwn(STATUS, report.verdict)) throw new Error(`unknown verdict ${report.verdict}`);
  if (values.summary !== undefined) {
    await appendFile(values.summary, enrolmentMarkdown(report)).catch((error) => {
      throw new UsageError(`${values.summary} cannot be written: ${error.message}`);
    });
  }
  process.stdout.write(values.json ? jsonText(report) : enrolmentText(report));
  return STATUS[report.verdict];
}

/** What the file system refuses is the user's to put right. */
async function asking(read) {
  try {
    return await read();
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(error.message);
  }
}

function oneOf(values, option, words) {
  const word = values[option];
  if (word !== undefined && !words.includes(word)) {
    throw new UsageError(`--${option} is ${words.join(", ")}, not ${word}`);
  }
  return word;
}

function number(values, option, least, most) {
  const digits = values[option];
  if (digits === undefined) return undefined;
  const value = Number(digits);
  if (!/^[0-9]{1,9}$/.test(digits) || value < least || value > most) {
    throw new UsageError(`--${option} is a number from ${least} to ${most}, not ${digits}`);
  }
  return value;
}

/** RFC 3339, which always names its time zone, as Unix seconds. A fraction of a second is dropped. */
function moment(values, option) {
  const text = values[option];
  if (text === undefined) return undefined;
  const parts = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:Z|([+-])(\d\d):(\d\d))$/i.exec(text);
  const wrong = () =>
    new UsageError(`--${option} is a date and time with its zone, such as 2025-06-20T12:00:00Z, not ${text}`);
  if (parts === null) throw wrong();
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
  const [zoneHour, zoneMinute] = parts.slice(8, 10).map((digits) => Number(digits ?? 0));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // Date turns 31 February into March; a moment that does not exist is a mistake.
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!exists || hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) throw wrong();
  const zone = (parts[7] === "-" ? -1 : 1) * (zoneHour * 3600 + zoneMinute * 60);
  const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - zone;
  if (seconds < 0) throw new UsageError(`--${option} is before 1970`);
  return seconds;
}

/** Smaller files are read as they come, whatever size they say that they have: some of a system's own say none. */
const LARGE = 1024 * 1024;

/**
 * A file, or standard input for `-`, but at most one byte past the limit: /dev/zero must not fill the memory. A large file
 * is in memory once.
 */
async function readBytes(file, limit) {
  const large = file === "-" ? undefined : await readLarge(file, limit);
  return large ?? handedOver(await readStream(file, limit));
}

async function readLarge(file, limit) {
  try {
    const status = await stat(file);
    if (!status.isFile() || status.size < LARGE) return undefined;
    const handle = await open(file);
    try {
      const bytes = new Uint8Array(Math.min(status.size, limit + 1));
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return handedOver(bytes.subarray(0, length));
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  }
}

async function readStream(file, limit) {
  const chunks = [];
  let length = 0;
  try {
    for await (const chunk of file === "-" ? process.stdin : createReadStream(file)) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > limit) break;
    }
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  }
  return Buffer.concat(chunks).subarray(0, limit + 1);
}

async function readText(file) {
  const bytes = await readBytes(file, LIMITS.text);
  if (bytes.length > LIMITS.text) throw new UsageError(`${file} is larger than 1 MiB`);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${file} is not UTF-8 text`);
  }
}

const bare = (error) => String(error?.message ?? error).replace(/^cloud-witness: /, "");

function fail(error) {
  process.stderr.write(printable(`cloud-witness: ${bare(error)}`) + "\n");
  // Nothing was decided, as the message says.
  if (error?.code === "VERIFIER_UNSTEADY") return STATUS.none;
  if (!(error instanceof UsageError)) return STATUS_BUG;
  process.stderr.write("Run `cloud-witness --help` for what it takes.\n");
  return STATUS_USAGE;
}

// `| head` closes the pipe early; the verdict stays what it is.
process.stdout.on("error", (error) => {
  if (error.code !== "EPIPE") process.exit(STATUS_BUG);
});

process.exitCode = await main(process.argv.slice(2)).catch(fail);
