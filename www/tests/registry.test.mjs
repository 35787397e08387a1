// Known and revoked machines on the page: lists, large ones too, a proposal from a signed record, the second witness's
// look, and once the whole way from the front page to a machine that the next appraisal knows.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { assertQuiet, goTo, loadSample, open, readDownload, sample, setUp, verify } from "./harness.mjs";
import { follow, SAMPLE_CEREMONY, wholeCeremony } from "./hold.mjs";
import { keyboardOf } from "./keyboard.mjs";

const run = promisify(execFile);
const held = setUp();

/** The machine of the real sample. */
const PPID = "d04ec06d4e6d92dc90d0ad3cf5ee2ddf";
const OTHER = "00112233445566778899aabbccddeeff";

const csv = (text, name = "known.csv") => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

async function onRegistry(act, view = "registry") {
  const { page, seen, close } = await open(held.browser, held.site.url, {}, { view });
  await page.waitForLoadState("networkidle");
  const loaded = seen.requests.length;
  await act(page);
  assert.deepEqual(seen.requests.slice(loaded), [], "no request after loading");
  assertQuiet(seen);
  await close();
}

async function inFolder(act) {
  const folder = await mkdtemp(join(tmpdir(), "cloud-witness-registry-"));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Waits until the list's heading has this number. */
const heading = (page, name, count) => page.locator(`#list-${name}-title`, { hasText: `: ${count}` }).waitFor();
const found = (page, name) => page.locator(`[data-machines=${name}] [data-found]:not([data-found=searching])`).waitFor();
const shown = (page, name = "known") => page.locator(`[data-machines=${name}] [data-machine]`).evaluateAll((all) => all.map((row) => row.dataset.machine));

async function load(page, name, files, count) {
  await page.locator(`#field-list-${name}`).setInputFiles(files);
  await heading(page, name, count);
}

test("the list that is loaded says of the next machine whether it is known, new or revoked", async () => {
  await onRegistry(async (page) => {
    const row = page.locator("[data-check=registry]");
    const standing = async () => {
      await goTo(page, "Check");
      assert.equal(await page.locator("[data-verdict]").count(), 0, "a change of the lists takes the verdict away");
      await page.getByRole("button", { name: "Verify", exact: true }).press("Enter");
      await row.waitFor();
      return [await row.getAttribute("data-code"), await row.getAttribute("data-outcome")];
    };
    await goTo(page, "Start");
    await loadSample(page);
    await row.waitFor();
    assert.equal(await row.getAttribute("data-outcome"), "not_given");

    await goTo(page, "Registry");
    await load(page, "known", csv(`${OTHER},another\n`), 1);
    assert.deepEqual(await standing(), ["MACHINE_NEW", "pass"]);
    assert.match(await page.locator("[data-registry]").innerText(), /^1 known machines are loaded, and no revoked list/);

    await goTo(page, "Registry");
    await load(page, "known", csv(`# list\n${OTHER},another\n${PPID},Example Compute, hall 4\n`), 2);
    assert.deepEqual(await standing(), ["MACHINE_KNOWN", "pass"]);
    assert.match(await row.innerText(), /by its ppid|ppid stands at line 3/);

    await goTo(page, "Registry");
    await load(page, "revoked", csv(`${PPID},sold\n`, "revoked.csv"), 1);
    assert.deepEqual(await standing(), ["MACHINE_REVOKED", "fail"]);
    assert.equal(await page.locator("[data-verdict]").first().getAttribute("data-verdict"), "contraindicated");

    await goTo(page, "Registry");
    for (const name of ["known", "revoked"]) await page.locator(`[data-machines=${name}]`).getByRole("button", { name: /^Remove/ }).press("Enter");
    await heading(page, "revoked", "no list");
    await goTo(page, "Check");
    await verify(page);
    assert.equal(await row.getAttribute("data-outcome"), "not_given");
  });
});

test("100,000 machines: read, searched and turned over while the page goes on drawing", async () => {
  const id = (index) => (0x1000_0000_0000n + BigInt(index) * 7919n).toString(16).padStart(32, "5");
  const list = Array.from({ length: 100_000 }, (_, index) => `${id(index)},rack ${index % 977} of hall ${index % 31}`).join("\n");
  await inFolder((folder) => onRegistry(async (page) => {
    // From a file: handing over its bytes would keep the page busy.
    const file = join(folder, "known.csv");
    await writeFile(file, list);
    await page.evaluate(() => {
      window.gaps = [];
      let last = performance.now();
      const tick = (now) => {
        window.gaps.push(now - last);
        last = now;
        requestAnimationFrame(tick);
      };
      requestAnimationFrame(tick);
    });
    const gap = () => page.evaluate(() => Math.round(Math.max(...window.gaps.splice(0))));
    const figures = {};
    const timed = async (what, act) => {
      await gap();
      const began = performance.now();
      await act();
      figures[what] = { ms: Math.round(performance.now() - began), "longest frame": await gap() };
    };
    await timed("load", () => load(page, "known", file, "100,000"));
    await found(page, "known");
    assert.deepEqual(await shown(page), Array.from({ length: 50 }, (_, index) => id(index)));
    await timed("search by label", async () => {
      await page.locator("#search-known").pressSequentially("rack 976 of hall 3");
      await page.getByText(/^1 to \d+ of \d+$/).waitFor();
      await found(page, "known");
    });
    const labels = await page.locator("[data-machines=known] tbody td:nth-child(3)").allInnerTexts();
    assert.ok(labels.length > 1 && labels.every((label) => label.startsWith("rack 976 of hall 3")));
    await timed("search by id", async () => {
      await page.locator("#search-known").fill(id(99_999));
      await page.getByText("1 to 1 of 1", { exact: true }).waitFor();
    });
    assert.deepEqual(await shown(page), [id(99_999)]);
    await page.locator("#search-known").fill("");
    await page.getByText("1 to 50 of 100,000").waitFor();
    await timed("last page", async () => {
      await page.getByRole("button", { name: "Last" }).press("Enter");
      await page.getByText("99,951 to 100,000 of 100,000").waitFor();
    });
    assert.equal((await shown(page)).at(-1), id(99_999));
    console.log(`100,000 machines: ${JSON.stringify(figures)}`);
    for (const [what, { "longest frame": longest }] of Object.entries(figures)) assert.ok(longest < 500, `${what}: ${longest} ms`);
  }));
});

test("by keyboard alone: load a list, find a machine, turn over, remove it", async () => {
  const list = Array.from({ length: 120 }, (_, index) => `${String(index).padStart(32, "a")},number ${index}`).join("\n");
  await onRegistry(async (page) => {
    const keyboard = keyboardOf(page);
    await keyboard.choose("#field-list-known", csv(list));
    await heading(page, "known", 120);
    await keyboard.act("Next");
    await page.getByText("51 to 100 of 120").waitFor();
    await keyboard.type("#search-known", "number 11");
    await page.getByText("1 to 11 of 11").waitFor();
    await keyboard.act("Remove");
    await heading(page, "known", "no list");
  });
});

test("a list that cannot be read is named, the one before stays; lines that cannot be used are counted", async () => {
  await inFolder((folder) => onRegistry(async (page) => {
    const million = join(folder, "million.csv");
    await writeFile(million, `${PPID},one of a million\n`.repeat(1_000_000));
    await load(page, "known", csv(`${OTHER},first\n`), 1);
    const said = page.locator("#field-list-known-said .problem");
    const refused = async (file, words) => {
      await page.locator("#field-list-known").setInputFiles(file);
      await said.getByText(words).waitFor();
      await heading(page, "known", 1);
    };
    await refused({ ...csv(""), buffer: Buffer.from([0x61, 0xff, 0xfe]) }, /not UTF-8 at line 1[^]*list before stays/);
    await refused(csv("{"), /not JSON of the charter's form/);
    await refused(million, /at most 16777216 are accepted/);

    const hostile = "<img src=x onerror=alert(1)>";
    await load(page, "known", csv([
      `\ufeff${PPID},=HYPERLINK("https://example.com")`, `${OTHER},"quoted, with a comma"`, "abc,odd", ",empty id", `${"12".repeat(16)},${hostile}`, "zz,no hex",
    ].join("\r\n")), 3);
    const about = page.locator("[data-machines=known]");
    await about.getByText(/lines cannot be used/).waitFor();
    const codes = await about.locator("[data-code]").evaluateAll((all) => all.map(({ dataset }) => dataset.code));
    assert.ok(codes.length >= 3, codes.join());
    assert.equal(await page.locator("main img").count(), 0, "what a list says is text");
    assert.match(await about.locator("table").innerText(), /<img src=x onerror=alert\(1\)>/);
    assert.match(await about.locator("table").innerText(), /=HYPERLINK/);
    await goTo(page, "Start");
    await loadSample(page);
    await page.locator("[data-check=registry][data-code=MACHINE_KNOWN]").waitFor();
  }));
});

test("without a record there is nothing to propose, and what is no patch is named", async () => {
  await onRegistry(async (page) => {
    await page.getByText("open the record").waitFor();
    assert.equal(await page.getByRole("button", { name: "Make the proposal" }).count(), 0);
    await goTo(page, "Second witness");
    await page.getByRole("button", { name: "Check the patch" }).press("Enter");
    await page.getByText("Give the patch first").waitFor();
    for (const text of ["", "my notes", "From 0000\nSubject: <img src=x onerror=alert(1)>\n\n---\ndiff --git a/x b/x\n"]) {
      await page.locator("#field-patch").setInputFiles({ name: "0001.patch", mimeType: "text/x-patch", buffer: Buffer.from(text) });
      await page.getByText("0001.patch,").waitFor();
      await page.getByRole("button", { name: "Check the patch" }).press("Enter");
      await page.locator(".second-view [data-verdict]").waitFor();
      assert.notEqual(await page.locator(".second-view [data-verdict]").getAttribute("data-verdict"), "affirming");
      assert.equal(await page.locator("[data-second-check]").count(), 10);
    }
    assert.equal(await page.locator("main img").count(), 0);
  }, "enrol");
});

test("the whole way by keyboard, from the front page: ceremony, record, patch, second witness, a known machine", async () => {
  await inFolder(async (folder) => {
    const git = (...words) => run("git", ["-C", folder, "-c", "user.name=A Witness", "-c", "user.email=witness@example.com", "-c", "init.defaultBranch=main", ...words]);
    await git("init", "--quiet");
    await writeFile(join(folder, "known.csv"), `# id,label\n${OTHER},another machine\n`);
    await git("add", "known.csv");
    await git("commit", "--quiet", "--message", "A registry with one machine");
    const base = csv(await readFile(join(folder, "known.csv"), "utf8"));

    const { recorder, second, all } = await wholeCeremony(held.browser, held.site.url, sample.at, SAMPLE_CEREMONY);
    // The recording exists only after the call.
    await recorder.keyboard.act("Add the recording's link later");
    await recorder.keyboard.type("#field-later-recording", "https://example.com/recordings/17");
    await recorder.keyboard.act("Sign as");
    await recorder.page.getByText(/^Added .*signed by/).waitFor();
    const [saved] = await Promise.all([recorder.page.waitForEvent("download"), recorder.keyboard.act("Save the record")]);
    const record = Buffer.from(await readDownload(saved));

    await recorder.keyboard.act("proposes the machine");
    await recorder.page.locator("main[data-view=enrol]").waitFor();
    await recorder.keyboard.choose("#field-enrol-known", base);
    await recorder.page.getByText("known.csv,").waitFor();
    await recorder.keyboard.type("#field-author-name", "Wanda Witness");
    await recorder.keyboard.type("#field-author-email", "wanda@alpha.example");
    await recorder.keyboard.act("Make the proposal");
    await recorder.page.locator("[data-proposal], [data-refused]").waitFor();
    assert.equal(await recorder.page.locator("[data-refused]").count(), 0, await recorder.page.locator("main").innerText());
    assert.match(await recorder.page.locator("[data-part=text]").innerText(), /https:\/\/example\.com\/recordings\/17/);
    const [patched] = await Promise.all([recorder.page.waitForEvent("download"), recorder.keyboard.act("Save the patch")]);
    const name = patched.suggestedFilename();
    const patch = Buffer.from(await readDownload(patched));

    await follow(second, "second");
    await second.keyboard.choose("#field-patch", { name, mimeType: "text/x-patch", buffer: patch });
    await second.page.getByText(`${name},`).waitFor();
    await second.keyboard.choose("#field-own-record", { name: "ceremony.dsse.json", mimeType: "application/json", buffer: record });
    await second.page.getByText("ceremony.dsse.json,").waitFor();
    await second.keyboard.choose("#field-base-known", base);
    await second.page.getByText("known.csv,").waitFor();
    await second.keyboard.act("Check the patch");
    await second.page.locator(".second-view [data-verdict]").waitFor();
    const rows = await second.page.locator("[data-second-check]").evaluateAll((every) => Object.fromEntries(every.map(({ dataset }) => [dataset.secondCheck, dataset.outcome])));
    assert.equal(await second.page.locator(".second-view [data-verdict]").getAttribute("data-verdict"), "warning", "signers and attester builds are not known to this browser");
    assert.match(await second.page.locator("[data-not-checked]").innerText(), /another record of the registry has the same challenge/);
    for (const id of ["patch.format", "patch.applies", "patch.files", "record.same", "entry", "list", "machine.new"]) assert.equal(rows[id], "pass", `${id} of ${JSON.stringify(rows)}`);

    await writeFile(join(folder, name), patch);
    await git("am", "--quiet", name);
    const { stdout } = await git("show", "--stat", "--format=%an %s");
    assert.match(stdout, /^Wanda Witness /);
    const merged = csv(await readFile(join(folder, "known.csv"), "utf8"));
    assert.match(merged.buffer.toString(), new RegExp(`^${PPID},`, "m"));

    await follow(second, "registry");
    await second.keyboard.choose("#field-list-known", merged);
    await heading(second.page, "known", 2);
    await follow(second, "");
    await second.keyboard.act("Try it with a real sample");
    await second.page.locator("[data-check=registry][data-code=MACHINE_KNOWN][data-outcome=pass]").waitFor();

    // Sold since: the record holds as it did, and says so.
    await follow(recorder, "registry");
    await recorder.keyboard.choose("#field-list-revoked", csv(`${PPID},sold\n`, "revoked.csv"));
    await heading(recorder.page, "revoked", 1);
    await follow(recorder, "record");
    await recorder.page.locator("[data-today-registry=MACHINE_REVOKED]").waitFor();
    assert.equal(await recorder.page.locator(".verdict").first().getAttribute("data-verdict"), "warning");
    assert.match(await recorder.page.locator(".verdict").first().innerText(), /Today: .*The machine is revoked: its ppid stands at line 1/);
    for (const { seen, close } of all) {
      assertQuiet(seen);
      await close();
    }
  });
});
