// What people read is true: every link inside of the project leads somewhere, and every block of code runs.
//
// A block is run as it stands, in a folder with a real quote and its collateral. What stands in a comment before it:
//   <!-- ends with 10 -->        its exit status, where that is not 0
//   <!-- not run: REASON -->     counted, and listed with its reason
//   <!-- new user: … -->         a step of the path that is gone in tests/packaging as well

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative, resolve } from "node:path";
import { after, test } from "node:test";

import { fill } from "./folder.mjs";
import { cli, load, packageDir, root } from "./support.mjs";

const documents = [
  "README.md", "SECURITY.md", "ARCHITECTURE.md", "CHANGELOG.md", "pkg/README.md",
  ...readdirSync(join(root, "docs"), { recursive: true }).filter((name) => name.endsWith(".md")).map((name) => join("docs", name)),
].sort();
const textOf = (name) => readFileSync(join(root, name), "utf8");

// Before the first test, which would begin while this waits.
const folder = mkdtempSync(join(tmpdir(), "cloud-witness-docs-"));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "node_modules"));
symlinkSync(packageDir, join(folder, "node_modules/cloud-witness"), "junction");
mkdirSync(join(folder, "bin"));
writeFileSync(join(folder, "bin/cloud-witness"), `#!/bin/sh\nexec "${process.execPath}" "${join(packageDir, "cli.js")}" "$@"\n`, { mode: 0o755 });
await fill(folder, packageDir);

// A participant's own key, and what they sign.
mkdirSync(join(folder, ".ssh"));
const made = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, ".ssh/id_ed25519")], { encoding: "utf8" });
assert.equal(made.status, 0, made.stderr);
writeFileSync(join(folder, "allowed_signers"), `NAME ${readFileSync(join(folder, ".ssh/id_ed25519.pub"), "utf8")}`);
writeFileSync(join(folder, "payload.json"), "{}");

/** Without blocks of code, in which brackets are no links. */
const prose = (name) => textOf(name).replaceAll(/^```[^]*?^```/gm, "").replaceAll(/`[^`\n]*`/g, (code) => "x".repeat(code.length));

/** As GitHub names a heading. */
const anchors = (name) => [...textOf(name).replaceAll(/^```[^]*?^```/gm, "").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => heading
  .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-"));

for (const name of documents) {
  test(`${name}: every link leads somewhere`, () => {
    for (const [link, , target] of prose(name).matchAll(/!?\[([^\]]*)\]\(([^)\s]+)\)/g)) {
      if (/^https:\/\//.test(target)) continue;
      assert.doesNotMatch(target, /^[a-z]+:/, `${link}: only https, and what is in the project`);
      const [path, anchor] = target.split("#");
      const file = path === "" ? name : relative(root, resolve(root, dirname(name), path));
      assert.ok(!file.startsWith(".."), `${link} leads out of the project`);
      assert.ok(existsSync(join(root, file)), `${link}: there is no ${file}`);
      if (anchor !== undefined) assert.ok(anchors(file).includes(anchor), `${link}: ${file} has no heading of that name`);
    }
  });
}

test("every page of docs is reached from README, and so is every picture from a page", () => {
  const linked = documents.flatMap((name) => [...prose(name).matchAll(/\]\(([^)\s#]+)/g)].map(([, target]) => relative(root, resolve(root, dirname(name), target))));
  for (const name of documents.filter((one) => /^docs\/[^/]+$/.test(one))) assert.ok(linked.includes(name), `nothing leads to ${name}`);
});

const blocks = documents.flatMap((name) => [...textOf(name).matchAll(/(?:^<!-- ([^\n]*) -->\n)?^```(\S*)\n([^]*?)^```/gm)].map(([whole, remark, language, code]) => ({
  name, remark: remark ?? "", language, code, line: textOf(name).slice(0, textOf(name).indexOf(whole)).split("\n").length,
})));

const environment = { ...process.env, HOME: folder, PATH: [join(folder, "bin"), process.env.PATH].join(delimiter) };
const ran = { js: 0, sh: 0, json: 0, "rust,no_run": 0, html: 0, text: 0 };
const notRun = [];

/** Where `cargo test` leaves what `cargo run --example` runs. */
const examples = resolve(process.env.CW_EXAMPLES_DIR ?? join(root, "target/debug/examples"));

/** `npm install cloud-witness` is what the packaging tests do, with the packed package. */
const isInstalling = (code) => /^npm install (vite )?cloud-witness\n$/.test(code);

for (const { name, remark, language, code, line } of blocks) {
  test(`${name}, line ${line}: the ${language || "text"} block ${remark.startsWith("not run") ? "says why it is not run" : "holds"}`, { timeout: 300_000 }, async () => {
    const status = Number(/ends with (\d+)/.exec(remark)?.[1] ?? 0);
    const run = (...words) => {
      rmSync(join(folder, "payload.json.sig"), { force: true });
      const made = spawnSync(...words, { cwd: folder, env: environment, encoding: "utf8", timeout: 280_000 });
      assert.equal(made.status, status, `${made.stdout}\n${made.stderr}`);
    };
    if (remark.startsWith("not run: ")) {
      assert.ok(remark.length > 20, "a reason");
      notRun.push(`${name}, line ${line}: ${remark.slice(9)}`);
      return;
    }
    switch (language) {
      case "js":
        // For a page: run in Chromium, by tests/packaging.
        if (code.includes("document.")) assert.match(remark, /^new user: vite/);
        else {
          writeFileSync(join(folder, "block.mjs"), code);
          run(process.execPath, ["--no-warnings", "block.mjs"]);
          if (remark.startsWith("new user: node ")) cpSync(join(folder, "block.mjs"), join(folder, remark.slice(15)));
        }
        break;
      case "sh":
        if (!isInstalling(code)) run("bash", ["-euc", code.replace(/^cargo run --example (\w+) --/, (_, example) => join(examples, example))]);
        break;
      case "json":
        JSON.parse(code);
        break;
      case "rust,no_run":
        assert.equal(name, "README.md", "src/lib.rs has README's compiled by `cargo test`; the example, which is the same, is run below it");
        assert.match(textOf("src/lib.rs"), /cfg\(doctest\)\]\n#\[doc = include_str!\("\.\.\/README\.md"\)\]/);
        break;
      case "html":
        assert.match(remark, /^new user: vite/);
        break;
      case "":
      case "text":
        assert.doesNotMatch(code, /^\s*(import|const|cargo|npm|cloud-witness) /m, "a block of code names its language");
        break;
      default:
        assert.fail(`no way to run ${language}`);
    }
    ran[language || "text"] += 1;
  });
}

after(() => {
  console.log(`blocks of code: ${blocks.length}; ${Object.entries(ran).map(([language, count]) => `${language} ${count}`).join(", ")}; not run ${notRun.length}`);
  for (const reason of notRun) console.log(`not run: ${reason}`);
});

test("docs/policy.md and the lists' pages show what the package reads", async () => {
  const api = await load("node.js");
  await api.init();
  const [policy] = blocks.filter(({ name, language }) => name === "docs/policy.md" && language === "json");
  assert.equal(api.parsePolicy(policy.code).min_tcb_evaluation_data_number, 20);
});

test("README names every command of the runner, and the page of every row", () => {
  const commands = [...textOf("xtask/src/main.rs").matchAll(/^ {2}([a-z]+)(?: [\[A-Z].*?)? {2,}/gm)].map(([, command]) => command);
  assert.ok(commands.length >= 12, commands.join());
  for (const command of commands) assert.match(textOf("README.md"), new RegExp(`\`(?:cargo xtask )?${command}\\b|xtask ${command}\\b`), command);
});

test("every field of a Report is described in docs/report.md", () => {
  const { stdout } = cli(["verify", join(folder, "quote.hex"), "--collateral", join(folder, "collateral.json"), "--at", "2025-06-20T00:00:00Z", "--json"]);
  const page = textOf("docs/report.md");
  const missing = [];
  const look = (value, path) => {
    if (Array.isArray(value)) return value.forEach((item) => look(item, path));
    if (typeof value !== "object" || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!page.includes(`\`${key}\``)) missing.push([...path, key].join("."));
      look(inner, [...path, key]);
    }
  };
  look(JSON.parse(stdout), []);
  assert.deepEqual([...new Set(missing)], []);
});
