// The registry through the npm package: lists loaded, searched and given to `verify`; the command line on a checkout; and
// the workflow's own lines, run here.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, test } from "node:test";

import { cli, emptyWasm, fakeGlue, load, packageDir, root } from "./support.mjs";

const [forgedDir, sample, vectors] = [process.env.CW_FORGED_PKG_DIR, process.env.CW_REGISTRY_DIR, process.env.CW_VECTORS_DIR];
assert.ok(forgedDir && sample && vectors, "run by `cargo xtask test`");

const forged = await import(pathToFileURL(join(forgedDir, "node.js")));
await forged.init();

const scratch = mkdtempSync(join(tmpdir(), "cloud-witness-registry-"));
after(() => rmSync(scratch, { recursive: true }));
let made = 0;
const folder = () => {
  made += 1;
  const path = join(scratch, String(made));
  mkdirSync(path);
  return path;
};
const record = join(sample, "ceremony.dsse.json");
const good = (part) => join(sample, "good", part);
const index = JSON.parse(readFileSync(join(sample, "index.json"), "utf8"));
const run = (words, options) => cli(["registry", ...words], { from: forgedDir, ...options });
const PPID = "e8a3f02ba44268956272bc8f295e0027";

/** git as a person has it, but for their settings. */
function git(cwd, ...words) {
  const environment = {
    ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_AUTHOR_NAME: "The test", GIT_AUTHOR_EMAIL: "test@example.org",
    GIT_COMMITTER_NAME: "The test", GIT_COMMITTER_EMAIL: "test@example.org",
  };
  const { status, stdout, stderr } = spawnSync("git", words, { cwd, env: environment, encoding: "utf8" });
  assert.equal(status, 0, `git ${words.join(" ")}: ${stderr}`);
  return stdout;
}

function repository(from) {
  const path = folder();
  cpSync(from, path, { recursive: true });
  git(path, "init", "--quiet", "--initial-branch=main");
  git(path, "add", "--all");
  git(path, "commit", "--quiet", "--message=The registry");
  return path;
}

// Lists.

test("a machine that is on a list, in it or loaded before, is known, and one on the revoked list is refused", async () => {
  const of = (file) => readFileSync(join(vectors, "001-affirming-as-of", file));
  const request = { evidence: new Uint8Array(of("evidence.bin")), collateral: of("collateral.json").toString(), at: 2209075200 };
  const line = `${PPID},Example\n`;
  const loaded = await forged.loadRegistry([`# a\n`, line]);
  assert.deepEqual([loaded.entries, loaded.schemes, Object.isFrozen(loaded)], [1, { ppid: 1 }, true]);
  const standing = async (lists) => {
    const { registry } = await forged.verify({ ...request, ...lists });
    return [registry.standing, registry.found?.entry.place];
  };
  assert.deepEqual(await standing({ registry: loaded }), ["known", "file 2, line 1"]);
  assert.deepEqual(await standing({ registry: line }), ["known", "line 1"]);
  assert.deepEqual(await standing({ registry: loaded, revoked: [line] }), ["revoked", "line 1"]);
  assert.equal((await forged.verify(request)).registry, undefined);
  await assert.rejects(forged.verify({ ...request, registry: "{" }), { code: "REGISTRY_NOT_JSON" });
  await assert.rejects(forged.verify({ ...request, revoked: Uint8Array.of(0xff) }), { code: "REGISTRY_NOT_TEXT" });
  // On threads, too: a loaded list is sent once, files go with their request.
  const answers = [];
  const requests = [{ ...request, registry: loaded }, { ...request, revoked: line }, request];
  for await (const { index: at, report } of forged.verifyMany(requests, { workers: 2 })) answers[at] = report.registry?.standing;
  assert.deepEqual(answers, ["known", "revoked", undefined]);
});

test("a list is loaded again after a trap, and freed when it was only passing through", async () => {
  const { createApi } = await load("core.js");
  let traps = true;
  const { glue, called } = fakeGlue({
    verify: () => {
      if (!traps) return '{"verdict":"warning"}';
      traps = false;
      throw new WebAssembly.RuntimeError("unreachable");
    },
  });
  const api = createApi(glue, async () => WebAssembly.compile(emptyWasm), {});
  await api.init();
  const list = await api.loadRegistry("x");
  // The instance after the trap reads it, and the one that confirms that one's answer.
  await api.verify({ evidence: "x", registry: list });
  assert.equal(called("loadRegistry").length, 3);
  await api.verify({ evidence: "x", registry: list, revoked: "y" });
  assert.deepEqual(called("loadRegistry").map(({ values }) => values[0].length), [1, 1, 1, 1]);
  assert.equal(called("forgetRegistry").length, 1);
});

test("what is let in of a list, a search, an enrolment and a change is looked at first (O2)", async () => {
  const list = await forged.loadRegistry("");
  const wrong = (argument) => ({ name: "TypeError", code: "INVALID_ARGUMENT", argument });
  await assert.rejects(forged.loadRegistry(5), wrong("files"));
  await assert.rejects(forged.loadRegistry(["", 5]), wrong("files[1]"));
  await assert.rejects(forged.loadRegistry("", { signer: "[]" }), wrong("signer"));
  await assert.rejects(forged.verify({ evidence: "", registry: { ...list } }), wrong("registry"));
  assert.throws(() => forged.searchRegistry({ ...list }, ""), wrong("list"));
  assert.throws(() => forged.searchRegistry(list, 5), wrong("text"));
  assert.throws(() => forged.searchRegistry(list, "", { limit: 1001 }), wrong("limit"));
  assert.throws(() => forged.searchRegistry(list, "", { offset: 1n }), wrong("offset"));
  const ask = { known: "", author: { name: "a", email: "a@b" }, at: 1 };
  await assert.rejects(forged.enrol("", { ...ask, at: "1" }), wrong("at"));
  await assert.rejects(forged.enrol("", { ...ask, author: "a" }), wrong("author"));
  await assert.rejects(forged.enrol("", { ...ask, know: "" }), wrong("know"));
  await assert.rejects(forged.checkEnrolment({}), wrong("request"));
  await assert.rejects(forged.checkEnrolment({ patch: "", changes: [] }), wrong("request"));
  await assert.rejects(forged.checkEnrolment({ changes: [{ path: "a", before: 5 }] }), wrong("changes[0].before"));
  await assert.rejects(forged.checkEnrolment({ changes: [{ path: 5 }] }), wrong("changes[0].path"));
  await assert.rejects(forged.checkEnrolment({ changes: [{ path: "a", plain: 1 }] }), wrong("changes[0].plain"));
  await assert.rejects(forged.enrol("{}", ask), { code: "RECORD_REFUSED" });
});

test("100,000 machines: how long it takes to load and to search them", async (t) => {
  const text = Array.from({ length: 100_000 }, (_, number) =>
    `${(number * 2654435761 % 2 ** 32).toString(16).padStart(8, "0")}${number.toString(16).padStart(24, "0")},Provider ${number % 97} rack ${number}`,
  ).join("\n");
  const timed = async (what, act) => {
    const start = performance.now();
    const answer = await act();
    t.diagnostic(`${what}: ${(performance.now() - start).toFixed(1)} ms`);
    return answer;
  };
  const list = await timed(`loading ${(text.length / 1e6).toFixed(1)} MB`, () => forged.loadRegistry(text));
  assert.equal(list.entries, 100_000);
  const search = (words) => timed(`searching ${JSON.stringify(words)}`, () => forged.searchRegistry(list, words));
  assert.equal((await search("")).total, 100_000);
  assert.equal((await search("rack 99999")).total, 1);
  assert.equal((await search("no such machine")).total, 0);
  assert.equal((await search("0000 0000 0001 869f")).entries.length, 1);
});

// The command line.

test("`registry add` writes three files into a checkout, which `registry check` accepts", () => {
  const checkout = repository(good("base"));
  const added = run(["add", record, "--in", checkout]);
  assert.equal(added.status, 0, added.stderr);
  assert.match(added.stdout, /git|Commit these three/);
  assert.match(added.stdout, /https:\/\/video\.example\/ceremony-4711/);
  for (const path of ["known.csv", `machines/${PPID}.json`, `records/${PPID}.dsse.json`]) {
    assert.deepEqual(readFileSync(join(checkout, path)), readFileSync(join(good("head"), path)), path);
  }
  const checked = run(["check", "--base", good("base"), "--head", checkout]);
  assert.equal(checked.status, 0, checked.stdout);
  assert.match(checked.stdout, /Record, entry and change agree/);
  // A second time there is nothing to add.
  const again = run(["add", record, "--in", checkout]);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /ENROL_TWICE/);
});

test("`registry add --patch` makes what `git am` applies and `registry check` accepts, with the second witness's record", () => {
  const checkout = repository(good("base"));
  const patch = join(folder(), "machine.patch");
  const author = ["--name", "Wálter Witneß", "--email", "walter@first.example"];
  const added = run(["add", record, "--in", checkout, "--patch", patch, ...author, "--at", "2040-01-02T12:00:00+01:00"]);
  assert.equal(added.status, 0, added.stderr);
  assert.equal(git(checkout, "status", "--porcelain"), "");
  const check = ["check", "--base", checkout, "--patch", patch, "--record", record];
  const before = run(check);
  assert.equal(before.status, 0, before.stdout);
  git(checkout, "am", "--quiet", patch);
  assert.equal(git(checkout, "log", "-1", "--format=%an|%ae|%at|%s").trim(), `Wálter Witneß|walter@first.example|2209114800|Add machine ${PPID}`);
  assert.equal(run(["check", "--base", good("base"), "--head", checkout]).status, 0);
  // The same patch once more is for another registry.
  const after = run([...check, "--json"]);
  assert.equal(after.status, 20);
  const codes = JSON.parse(after.stdout).checks.map(({ code }) => code);
  assert.ok(codes.includes("PATCH_DOES_NOT_APPLY") && codes.includes("ENROL_TWICE"), codes.join());
  const printed = run(["add", record, "--in", good("base"), "--patch", "-", ...author, "--at", "2040-01-02T11:00:00Z"]);
  assert.equal(printed.stdout, readFileSync(patch, "utf8"));
});

for (const { name, what, code } of index) {
  test(`refused on the command line: ${what}`, () => {
    const words = ["check", "--base", join(sample, name, "base"), "--head", join(sample, name, "head")];
    const { status, stdout } = run([...words, "--json"]);
    const report = JSON.parse(stdout);
    assert.equal(status, 20, report.summary);
    assert.equal(report.verdict, "contraindicated");
    const codes = report.checks.flatMap(({ findings }) => findings.map((finding) => finding.code));
    assert.ok(codes.includes(code), codes.join());
  });
}

test("links, files that can be run, and submodules are refused, and no link is followed", () => {
  const entry = `machines/${PPID}.json`;
  const tampers = {
    "a link": (head) => {
      const file = join(head, entry);
      cpSync(file, join(scratch, "entry.json"));
      rmSync(file);
      symlinkSync(join(scratch, "entry.json"), file);
    },
    "a file that can be run": (head) => chmodSync(join(head, entry), 0o755),
    "a mode of another file": (head) => chmodSync(join(head, "README.md"), 0o755),
    "a submodule": (head) => mkdirSync(join(head, "vendor")),
    "a path that a terminal or GitHub would obey": (head) => writeFileSync(join(head, "::error::\u001b[2J"), ""),
  };
  for (const [what, tamper] of Object.entries(tampers)) {
    const head = folder();
    cpSync(good("head"), head, { recursive: true });
    tamper(head);
    const summary = join(scratch, "summary.md");
    rmSync(summary, { force: true });
    const { status, stdout } = run(["check", "--base", good("base"), "--head", head, "--summary", summary]);
    assert.equal(status, 20, what);
    assert.match(stdout, /FILE_OTHER|FILE_KIND/, what);
    assert.doesNotMatch(stdout.replaceAll("\n", ""), /[\p{Cc}\p{Cf}]/u);
    assert.doesNotMatch(stdout, /^\s*::/m, "a workflow's command");
    assert.doesNotMatch(readFileSync(summary, "utf8"), /::|\u001b/);
  }
});

test("a challenge that stands in another record of the registry is seen", () => {
  const base = folder();
  cpSync(good("base"), base, { recursive: true });
  mkdirSync(join(base, "records"));
  // Another ceremony with the same challenge, as far as its record says: signed by the same keys.
  cpSync(join(sample, "other.dsse.json"), join(base, "records", `${"1".repeat(32)}.dsse.json`));
  const head = folder();
  cpSync(base, head, { recursive: true });
  cpSync(good("head"), head, { recursive: true });
  const { status, stdout } = run(["check", "--base", base, "--head", head]);
  assert.equal(status, 20);
  assert.match(stdout, /CHALLENGE_REUSED/);
});

test("a challenge that stands in another record is seen, whatever else the patch shows for a record", () => {
  const base = folder();
  cpSync(good("base"), base, { recursive: true });
  const author = ["--name", "Walter Witness", "--email", "walter@first.example", "--at", "2040-01-02T11:00:00Z"];
  const patch = join(folder(), "machine.patch");
  assert.equal(run(["add", record, "--in", base, "--patch", patch, ...author]).status, 0);
  const honest = readFileSync(patch, "utf8");
  const file = readFileSync(record, "utf8");
  const decoy = file.replace(/"payload":"[^"]*"/, '"payload":"e30="');
  const patches = {
    "as it was made": honest,
    "a line in the message": honest.replace("- Machine:", '+{"payload":"e30="}\n- Machine:'),
    "another record in the message": honest.replace("- Machine:", `+${decoy}\n- Machine:`),
    "a line in the subject": honest.replace(/^Subject: .*$/m, '$&\n +{"payload":"e30="}'),
    "a line in the statistics": honest.replace("---\n\n", '---\n\n +{"payload":"e30="}\n'),
  };
  for (const [what, text] of Object.entries(patches)) {
    writeFileSync(patch, text);
    // Alone it is good: nothing else would stop it.
    const words = ["check", "--base", base, "--patch", patch];
    assert.equal(run(words).status, 0, what);
    const records = join(base, "records");
    mkdirSync(records);
    cpSync(join(sample, "other.dsse.json"), join(records, `${"1".repeat(32)}.dsse.json`));
    for (const own of [[], ["--record", record]]) {
      const { status, stdout } = run([...words, ...own]);
      assert.equal(status, 20, what);
      assert.match(stdout, /The same challenge stands in the record/, what);
    }
    rmSync(records, { recursive: true });
  }
});

test("wrong usage of `registry` ends with 2 and says what is wrong", () => {
  const empty = folder();
  for (const [words, message] of [
    [[], /add.*check/],
    [["add"], /add.*check/],
    [["add", record], /--in FOLDER/],
    [["add", record, "--in", good("base"), "--patch", "x"], /--name/],
    [["add", record, "--in", good("base"), "--name", "x"], /--name is for --patch/],
    [["add", record, "--in", empty], /known\.csv cannot be read/],
    [["add", join(good("base"), "README.md"), "--in", good("base")], /RECORD_REFUSED/],
    [["check"], /--base FOLDER/],
    [["check", "--base", good("base")], /--head FOLDER or --patch FILE/],
    [["check", "--base", good("base"), "--head", good("head"), "--patch", "x"], /--head FOLDER or --patch FILE/],
    [["check", "--base", empty, "--head", good("head")], /known\.csv cannot be read/],
    [["check", "--base", good("base"), "--head", join(empty, "none")], /ENOENT/],
    [["check", "--base", good("base"), "--head", good("head"), "--in", "x"], /takes no --in/],
  ]) {
    const { status, stderr } = run(words);
    assert.equal(status, 2, words.join(" "));
    assert.match(stderr, message, words.join(" "));
  }
});

test("`verify` takes lists on the command line, and a list that cannot be read is no Report", () => {
  const vector = (name) => join(vectors, "001-affirming-as-of", name);
  const files = folder();
  writeFileSync(join(files, "known.csv"), `${PPID},Example\u001b[2J\n`);
  writeFileSync(join(files, "broken.json"), "{");
  const verify = (...words) =>
    cli(["verify", vector("evidence.bin"), "--collateral", vector("collateral.json"), "--at", "2040-01-02T00:00:00Z", ...words], { from: forgedDir });
  const known = verify("--registry", join(good("base"), "known.csv"), "--registry", join(files, "known.csv"));
  assert.match(known.stdout, /pass +registry +The machine is known: its ppid stands at file 2, line 1/);
  assert.doesNotMatch(known.stdout, /\u001b/);
  const revoked = verify("--revoked", join(files, "known.csv"));
  assert.equal(revoked.status, 20);
  assert.match(revoked.stdout, /MACHINE_REVOKED/);
  const broken = verify("--revoked", join(files, "broken.json"));
  assert.deepEqual([broken.status, broken.stdout], [2, ""]);
  assert.match(broken.stderr, /REGISTRY_NOT_JSON/);
});

// The workflow.

/** The lines of the workflow's last step, as they are. */
function workflowCheck() {
  const text = readFileSync(join(root, "docs/registry/workflow.yml"), "utf8");
  const [, script] = /- name: Check\n {8}run: \|\n((?: {10}.*\n)+)/.exec(text);
  return script.replaceAll(/^ {10}/gm, "");
}

/** Runs the workflow's own steps in a folder as GitHub lays it out: the merge commit's two checkouts, and the tool. */
function workflow(base, head) {
  const place = folder();
  mkdirSync(join(place, "tool/node_modules/.bin"), { recursive: true });
  const tool = join(place, "tool/node_modules/.bin/cloud-witness");
  writeFileSync(tool, `#!/bin/sh\nexec "${process.execPath}" "${join(forgedDir, "cli.js")}" "$@"\n`, { mode: 0o755 });
  const upstream = repository(base);
  git(upstream, "checkout", "--quiet", "-b", "change");
  git(upstream, "rm", "--quiet", "-r", ".");
  cpSync(head, upstream, { recursive: true });
  git(upstream, "add", "--all");
  git(upstream, "commit", "--quiet", "--message=A change");
  git(upstream, "checkout", "--quiet", "main");
  git(upstream, "merge", "--quiet", "--no-ff", "--no-edit", "change");
  git(place, "clone", "--quiet", "--depth=2", pathToFileURL(upstream).href, "head");
  git(place, "-C", "head", "worktree", "add", "--quiet", "--detach", "../base", "HEAD^1");
  const summary = join(place, "summary.md");
  const { status, stdout } = spawnSync("bash", ["-e", "-c", workflowCheck()], {
    cwd: place, encoding: "utf8", env: { ...process.env, GITHUB_STEP_SUMMARY: summary },
  });
  return { status, stdout, summary: existsSync(summary) ? readFileSync(summary, "utf8") : "" };
}

test("the workflow's check accepts a good enrolment and sums it up", () => {
  const { status, stdout, summary } = workflow(good("base"), good("head"));
  assert.equal(status, 0, stdout);
  assert.match(summary, /^## Record, entry and change agree\n/);
  assert.match(summary, /\| pass \| witnesses \|/);
  assert.match(summary, /<https:\/\/video\.example\/ceremony-4711>/);
});

for (const { name, what, code } of index) {
  test(`refused by the workflow's check: ${what}`, () => {
    const { status, stdout, summary } = workflow(join(sample, name, "base"), join(sample, name, "head"));
    assert.equal(status, 20, stdout);
    assert.match(summary, /^## Do not merge\n/);
    assert.ok(stdout.includes(`[${code}]`) || stdout.includes(code), stdout);
  });
}

test("the workflow has no secrets, no right to write, and pins what it runs", () => {
  const text = readFileSync(join(root, "docs/registry/workflow.yml"), "utf8");
  assert.doesNotMatch(text, /secrets|pull_request_target|: write|npx/);
  for (const [, version] of text.matchAll(/uses: \S+@(\S+)/g)) assert.match(version, /^[0-9a-f]{40}$/);
});
