// From inputs to a verdict: by keyboard alone, never a stale one, and never anything but text from a file.

import assert from "node:assert/strict";
import { test } from "node:test";
import decodeQR from "qr/decode.js";
import { assertQuiet, goTo, holdCalls, loadSample, open, readDownload, readReport, ready, sample, setUp, verify } from "./harness.mjs";
import { addBuild, BUILD } from "./states.mjs";

const held = setUp();

/** A test with a page of its own, whose console must stay empty. */
function pageTest(name, body, how = {}) {
  test(name, async () => {
    const { page, seen, close } = await open(held.browser, held.site.url, {}, how);
    await body(page, seen);
    assertQuiet(seen);
    await close();
  });
}

const textFile = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim().slice(0, 60));

pageTest("by keyboard alone: a file of one's own is checked, from the front page to its verdict", async (page) => {
  // While somebody listens, choosers stay intercepted; switching that on and off between two of them loses some.
  page.on("filechooser", () => {});
  let strokes = 0;
  const press = async (key) => {
    strokes += 1;
    await page.keyboard.press(key);
  };
  const tabTo = async (text, id = undefined) => {
    for (let tries = 0; tries < 60; tries += 1) {
      await press("Tab");
      const outline = await page.evaluate(() => {
        const active = document.activeElement;
        // Before the first element and behind the last, the focus is not on anything in the page.
        if (active === document.body) return "solid";
        const shown = active.matches("input[type=file]") ? active.nextElementSibling : active;
        return getComputedStyle(shown).outlineStyle;
      });
      assert.equal(outline, "solid", `the focus must be seen on "${await focused(page)}"`);
      if (id === undefined ? (await focused(page)).startsWith(text) : await page.evaluate((wanted) => document.activeElement.id === wanted, id)) return;
    }
    assert.fail(`"${id ?? text}" was not reached by Tab`);
  };

  const type = async (text) => {
    strokes += 1;
    await page.keyboard.type(text);
  };

  await tabTo("Check a file");
  await press("Enter");
  await page.getByRole("heading", { level: 1, name: "Check a file" }).waitFor();
  await tabTo("Choose the attester's file", "field-evidence");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press("Enter")]);
  await chooser.setFiles(textFile("attester.txt", sample.evidence));
  await tabTo("", "field-challenge");
  await type(sample.challenge);
  await tabTo("", "field-notedHash");
  await type(`${sample.sha256}  attester.txt`);
  assert.equal(await page.locator("#field-notedHash").inputValue(), `${sample.sha256}  attester.txt`);
  await tabTo("", "collateral-site");
  await press("ArrowDown");
  await tabTo("", "field-collateral");
  const [collateral] = await Promise.all([page.waitForEvent("filechooser"), press("Enter")]);
  await collateral.setFiles(textFile("collateral.json", sample.collateral));
  await tabTo("Moment and policy");
  await press("Enter");
  await tabTo("", "time-now");
  await press("ArrowDown");
  await tabTo("", "field-asOf");
  await type("2025-06-20");
  await press("Enter");
  await page.locator("[data-verdict=warning]").waitFor();
  await tabTo("Is the platform up to date?");
  await press("Enter");
  assert.ok(await page.locator("[data-check='tcb.status']:target").isVisible());
  console.log(`key strokes from the front page to the row that a verdict points to: ${strokes}`);
}, { view: "" });

pageTest("a view that was gone to has the focus as soon as it is drawn, so that no Tab is taken back", async (page) => {
  const focusedThen = await page.evaluate(() => new Promise((resolve) => {
    new MutationObserver(() => resolve(document.activeElement.id)).observe(document.getElementById("main"), { childList: true, subtree: true });
    [...document.querySelectorAll("a")].find((link) => link.textContent === "Check a file").click();
  }));
  assert.equal(focusedThen, "main");
}, { view: "" });

pageTest("by keyboard alone: the sample is one step from the front page", async (page) => {
  for (let tries = 0; tries < 20 && !(await focused(page)).startsWith("Try it with"); tries += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.locator("[data-verdict=warning]").waitFor();
  assert.equal(await page.evaluate(() => location.hash), "#/check");
}, { view: "" });

pageTest("the verdict is announced politely", async (page) => {
  await loadSample(page);
  await verify(page);
  const live = page.locator("[aria-live=polite]").first();
  assert.match(await live.textContent(), /^Verdict: /);
});

pageTest("changing any input takes the verdict away at once", async (page) => {
  // Each works inside the page, so that nothing can happen between the change and the look at it.
  const changes = {
    evidence: () => type("#paste-evidence", "other"),
    challenge: () => type("#field-challenge", "00"),
    "read out": () => type("#field-challengeReadOut", "2025-06-20 00:00"),
    minutes: () => type("#field-challengeMinutes", "20"),
    hash: () => type("#field-notedHash", "00"),
        collateral: () => document.querySelector("#collateral-site").click(),
    moment: () => document.querySelector("#time-now").click(),
    date: () => type("#field-asOf", "2025-06-21 00:00"),
    policy: () => document.querySelector("#policy-strict").click(),
    clear: () => [...document.querySelectorAll("button")].find((b) => b.textContent === "Clear").click(),
  };
  await page.evaluate(() => {
    window.type = (selector, text) => {
      const input = document.querySelector(selector);
      input.value = text;
      input.dispatchEvent(new Event("input", { bubbles: true }));
    };
    window.choose = (selector, value) => {
      const select = document.querySelector(selector);
      select.value = value;
      select.dispatchEvent(new Event("change", { bubbles: true }));
    };
  });
  for (const [name, action] of Object.entries(changes)) {
    await loadSample(page);
    assert.equal((await verify(page)).verdict, "warning");
    await page.evaluate(action);
    assert.equal((await readReport(page)).verdict, null, `after a change of: ${name}`);
    assert.equal(await page.locator("[data-check]").count(), 0, `no row stays after a change of: ${name}`);
  }
});

pageTest("a new challenge, and a new attester build, take the verdict away too", async (page) => {
  await loadSample(page);
  await verify(page);
  await goTo(page, "Attesters");
  await addBuild(page, BUILD);
  await goTo(page, "Check");
  assert.equal((await readReport(page)).verdict, null);
  await verify(page);
  assert.equal(await page.locator("[data-check='enclave.attester']").getAttribute("data-outcome"), "pass");
  await goTo(page, "Challenge");
  await page.getByRole("button", { name: "Make a new challenge" }).click();
  await goTo(page, "Check");
  assert.equal((await readReport(page)).verdict, null);
});

pageTest("another tab's change of the attester list takes the verdict away, and makes a run that goes on late", async (page) => {
  await loadSample(page);
  await verify(page);
  const other = await page.context().newPage();
  await other.goto(`${held.site.url}#/attesters`);
  await ready(other);
  await addBuild(other, BUILD);
  await page.locator("[data-verdict]").waitFor({ state: "detached" });
  await holdCalls(page, "appraise");
  await page.getByRole("button", { name: "Verify", exact: true }).press("Enter");
  await page.waitForFunction(() => window.heldCalls.length > 0);
  await other.getByRole("button", { name: "Remove all" }).click();
  await page.locator(".checking").waitFor({ state: "detached" });
  await page.evaluate(() => window.releaseCalls());
  assert.equal((await verify(page)).verdict, "warning");
  assert.equal(await page.locator("[data-check='enclave.attester']").getAttribute("data-outcome"), "warn", "the list that counted is the empty one");
});

pageTest("a verdict about now is not there any more when now is over", async (page) => {
  await page.locator("#field-evidence").setInputFiles(textFile("attester.txt", sample.evidence));
  await page.locator(".document-name", { hasText: "attester.txt" }).waitFor();
  await verify(page);
  await page.getByText("Checked for").waitFor();
  const lookAfter = async (minutes) => {
    await page.clock.setFixedTime(Date.now() + minutes * 60 * 1000);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
  };
  await lookAfter(14);
  assert.equal((await readReport(page)).verdict, "none");
  await lookAfter(16);
  assert.equal((await readReport(page)).verdict, null);
  await page.getByText("a moment that is over by now").first().waitFor();
});

pageTest("the sample's challenge is not offered for a call, and goes when a file of one's own comes", async (page) => {
  await loadSample(page);
  await goTo(page, "Challenge");
  await page.getByText("which everybody knows").waitFor();
  assert.equal(await page.locator(".digits, .command").count(), 0);
  await goTo(page, "Check");
  await page.locator("#field-evidence").setInputFiles(textFile("mine.txt", "mine"));
  await page.locator(".document-name", { hasText: "mine.txt" }).waitFor();
  assert.equal(await page.locator("#field-challenge").inputValue(), "");
  assert.equal(await page.locator("#field-notedHash").inputValue(), "");
  assert.ok(await page.locator("#collateral-site").isChecked());
});

pageTest("a verdict is still there after a look at another view", async (page) => {
  await loadSample(page);
  await verify(page);
  await goTo(page, "Attesters");
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Check a file" }).waitFor();
  assert.equal((await readReport(page)).verdict, "warning");
});

pageTest("a result is dropped when an input changes while it is worked out", async (page) => {
  await loadSample(page);
  await page.evaluate(() => {
    document.querySelector("button[type=submit]").click();
    const challenge = document.querySelector("#field-challenge");
    challenge.value = "0011223344556677";
    challenge.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.waitForTimeout(1500);
  assert.equal((await readReport(page)).verdict, null);
  assert.equal(await page.getByText("Nothing checked yet").count(), 1);
});

pageTest(
  "a slow file does not replace the one picked after it, and each is read once",
  async (page) => {
    const input = page.locator("#field-evidence");
    await input.setInputFiles(textFile("slow.txt", "slow"));
    await page.getByText("Reading slow.txt…").waitFor();
    await input.setInputFiles(textFile("quick.txt", "quick"));
    await page.locator(".document-name", { hasText: "quick.txt" }).waitFor();
    await page.evaluate(() => window.release());
    await page.waitForTimeout(300);
    assert.equal(await page.locator(".document-name", { hasText: "slow.txt" }).count(), 0);
    await verify(page);
    assert.deepEqual(await page.evaluate(() => window.reads), ["slow.txt", "quick.txt"]);
  },
  {
    prepare: () => {
      window.reads = [];
      const read = Blob.prototype.arrayBuffer;
      Blob.prototype.arrayBuffer = async function () {
        window.reads.push(this.name);
        if (this.name === "slow.txt") await new Promise((done) => (window.release = done));
        return read.call(this);
      };
      for (const other of ["text", "stream", "bytes"]) {
        Blob.prototype[other] = () => window.reads.push(`${other} was called`);
      }
    },
  },
);

pageTest("markup in a file and in its name stays text", async (page, seen) => {
  const markup = `<img src="https://off.example/x" onerror="window.owned = 1"><b>bold</b>`;
  await page.locator("#field-evidence").setInputFiles(textFile(`<i>${markup}.txt`.replaceAll("/", "_"), `RAW Quote: ${markup}`));
  await page.locator("#collateral-own").click();
  await page.locator("#field-collateral").setInputFiles(textFile("c.json", `{"${markup.replaceAll('"', "'")}": 1}`));
  assert.equal((await verify(page)).verdict, "none");
  assert.equal(await page.locator("main img, main b, main i, form img, form b, form i").count(), 0);
  assert.ok(await page.getByText("<i><img src=").isVisible(), "the name is shown as it is");
  assert.equal(await page.evaluate(() => window.owned), undefined);
  assert.ok(!seen.requests.some((url) => url.includes("off.example")));
});

/** Texts that could turn the direction of what is beside them: what stands in a <bdi> turns itself alone. */
const turning = (page) => page.evaluate(() => {
  const texts = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const { data, parentElement } = texts.currentNode;
    if (/[\p{Cc}\p{Cf}]/u.test(data.replaceAll("\n", "")) && parentElement.closest("bdi, textarea") === null) found.push(data.slice(0, 100));
  }
  return found;
});

for (const [what, text] of Object.entries({
  "writing that turns round": "a\u202etxt.b\u2066c\u200fd",
  "a terminal's commands": "a\u001b[2J\u001b]0;owned\u0007\u009b31m",
  "a line of 64 KiB": "x\u202e".repeat(32 * 1024),
})) {
  pageTest(`${what}, in a file and in its name, stays in its place`, async (page) => {
    const named = (name, content) => textFile(`${text.slice(0, 200)}${name}`, content);
    const isInPlace = async (where) => {
      assert.deepEqual(await turning(page), [], where);
      assert.ok(!(await page.title()).includes(text.slice(0, 5)), where);
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(wide <= room, `${where}: ${wide} px in ${room}`);
    };
    await page.locator("#collateral-own").click();
    await page.locator("#field-collateral").setInputFiles(named("c.json", JSON.stringify({ [text]: text, tcb_info: text })));
    for (const [where, content] of Object.entries({
      "no quote": text,
      "a quote's line": `RAW Quote: ${text}`,
      JSON: JSON.stringify({ [text]: text, quote: text }),
      "the attester's lines": `${sample.evidence}\n${text}\n\tisv_svn = ${text}\n`,
    })) {
      await page.locator("#field-evidence").setInputFiles(named("e.txt", content));
      const { verdict, rows } = await verify(page);
      assert.ok(["none", "contraindicated"].includes(verdict), where);
      assert.equal(rows.length, 17, where);
      await isInPlace(where);
    }
    await goTo(page, "Record");
    await page.locator("#field-record").setInputFiles(named("r.json", JSON.stringify({ payload: text, payloadType: text, signatures: [{ keyid: text, sig: text }] })));
    await page.locator(".report > [data-verdict]").waitFor();
    await isInPlace("a record");
    await goTo(page, "Attesters");
    await page.locator("#field-import").setInputFiles(named("a.json", JSON.stringify({ [text]: text })));
    await page.locator("#import-said > p, [role=alert]:not(:empty)").first().waitFor();
    await isInPlace("a list");
  });
}

pageTest("a file far too large is named where its name turns nothing else round", async (page) => {
  for (const [view, field] of [["Check", "evidence"], ["Record", "record"]]) {
    await goTo(page, view);
    await page.evaluate((id) => {
      const input = document.getElementById(id);
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(34 * 1024 * 1024)], "a\u202egmi.ksid"));
      input.files = files.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }, `field-${field}`);
    await page.getByText("was not read").waitFor();
    assert.deepEqual(await turning(page), [], view);
  }
});

pageTest("a file that is no quote gets a row, a reason and advice, and no verdict on the machine", async (page) => {
  await page.locator("#field-evidence").setInputFiles(textFile("notes.txt", "These are my notes of the call."));
  const report = await verify(page);
  assert.equal(report.verdict, "none");
  assert.equal(report.ppid, null);
  assert.equal(report.rows.length, 17);
  assert.equal(report.rows[0].outcome, "fail");
  assert.ok(await page.locator("[data-check='file.decoded'] .row-advice").isVisible());
});

pageTest("a file far too large is not read", async (page) => {
  await page.evaluate(() => {
    const input = document.querySelector("#field-evidence");
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(33 * 1024 * 1024)], "disk.img"));
    input.files = files.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await page.getByText("was not read").waitFor();
});

pageTest("a file can be dropped, one at a time", async (page) => {
  const drop = (names) =>
    page.evaluate((dropped) => {
      const files = new DataTransfer();
      for (const name of dropped) files.items.add(new File(["x"], name));
      document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
    }, names);
  await drop(["one.txt", "two.txt"]);
  await page.getByText("Give one file at a time.").waitFor();
  await drop(["one.txt"]);
  await page.locator(".document-name", { hasText: "one.txt" }).waitFor();
});

pageTest("a challenge made here is shown in groups with its window, and can be brought back", async (page) => {
  await page.getByRole("button", { name: "Make a challenge" }).click();
  const first = await page.locator("#field-typed").inputValue();
  assert.match(first, /^[0-9a-f]{64}$/);
  assert.notEqual(first.slice(-2), "00");
  const groups = await page.locator(".digits-group").allTextContents();
  assert.equal(groups.join(""), first);
  assert.ok(groups.every((group) => group.length === 4));
  const window = await page.getByText("Made here at").textContent();
  const [from, to] = [...window.matchAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g)].map(([text]) => Date.parse(text));
  assert.equal(to - from, 15 * 60 * 1000);
  assert.match(await page.getByRole("timer").textContent(), /Answer within 1[45]:\d\d/);

  await page.getByRole("button", { name: "Make a new challenge" }).click();
  assert.notEqual(await page.locator("#field-typed").inputValue(), first);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await page.locator("#field-typed").inputValue(), first);
  assert.equal(await page.getByText("Made here at").textContent(), window);

  await page.locator("#field-typed").fill(`${first.slice(0, -1)}1`);
  assert.equal(await page.getByText("Made here at").count(), 0, "an edited challenge was not made here");
}, { view: "challenge" });

pageTest("the commands to type hold the challenge and the attester by digest, and the QR code the same digits", async (page) => {
  await page.getByRole("button", { name: "Make a challenge" }).click();
  const challenge = await page.locator("#field-typed").inputValue();
  assert.deepEqual(await page.locator(".command pre").allTextContents(), [
    "sudo docker run --device /dev/sgx_enclave --device /dev/sgx_provision --rm ghcr.io/proofofcloud/attester@sha256:2ae052dd244ab12880bf7a77b6580a289761d10bb19764310e4c44bbd8c5f14c "
      + `get ${challenge} > attester.txt`,
    "sha256sum attester.txt",
  ]);
  assert.equal(await readQrCode(page), challenge.toUpperCase());
}, { view: "challenge" });

pageTest("a challenge whose window is over says so", async (page) => {
  await page.clock.install();
  await page.getByRole("button", { name: "Make a challenge" }).click();
  await page.clock.runFor(14 * 60 * 1000);
  assert.equal(await page.locator("[data-over=true]").count(), 0);
  await page.clock.runFor(2 * 60 * 1000 + 2000);
  assert.match(await page.getByRole("timer").textContent(), /ended 0?1:\d\d ago/);
  await page.getByText("at best a warning").waitFor();
}, { view: "challenge" });

pageTest("the list of attester builds is kept, exported as it is verified with, and imported again", async (page) => {
  await addBuild(page, BUILD);
  await page.reload();
  await ready(page);
  await page.getByText("Your list: 1 build").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  const exported = await readDownload(download);
  assert.deepEqual(JSON.parse(exported), [BUILD]);

  await page.getByRole("button", { name: "Remove all" }).click();
  await page.getByText("Your list: empty").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Your list: 1 build").waitFor();

  const other = { ...BUILD, mr_enclave: "ab".repeat(32), source: "their own build" };
  const both = textFile("theirs.json", JSON.stringify([{ ...BUILD, source: "elsewhere" }, other]));
  await page.locator("#field-import").setInputFiles(both);
  await page.getByText("1 build added; 1 known already, of them 1 with another").waitFor();
  assert.equal(await page.getByText("elsewhere").count(), 0, "one's own entry stays");
  await page.getByRole("button", { name: "Remove abababab" }).click();
  await page.getByText("Your list: 1 build").waitFor();

  await goTo(page, "Check");
  await loadSample(page);
  await verify(page);
  assert.equal(await page.locator("[data-check='enclave.attester']").getAttribute("data-outcome"), "pass");
}, { view: "attesters" });

pageTest("a list that cannot be read, an entry that is not whole, and one that is there already are refused by name", async (page) => {
  await addBuild(page, BUILD);
  for (const [text, words] of [["[{}]", "cannot be read at line 1"], ["\u0000", "cannot be read"]]) {
    await page.locator("#field-import").setInputFiles(textFile("list.json", text));
    await page.locator("#import-said .problem", { hasText: words }).waitFor();
  }
  await page.locator("#field-build-mr_enclave").fill("12");
  await page.getByRole("button", { name: "Add to the list" }).click();
  await page.getByText("this has 2 characters").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "field-build-mr_enclave");
  for (const [name, value] of Object.entries(BUILD)) await page.locator(`#field-build-${name}`).fill(value);
  await page.getByRole("button", { name: "Add to the list" }).click();
  await page.getByRole("alert").getByText("twice").waitFor();
  await page.getByText("Your list: 1 build").waitFor();
}, { view: "attesters" });

pageTest("a kept list that somebody damaged is named, and nothing is verified with it or thrown away", async (page) => {
  await page.getByText("cannot be read").first().waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "Export" }).click()]);
  assert.equal(await readDownload(download), "[{]");
  await goTo(page, "Check");
  await loadSample(page);
  await page.getByRole("button", { name: "Verify", exact: true }).click();
  await page.locator(".problem", { hasText: "cannot be read" }).waitFor();
  assert.equal((await readReport(page)).verdict, null);
}, { view: "attesters", prepare: () => localStorage.setItem("cloud-witness.attesters", "[{]") });

pageTest("advisories lead to Intel's own pages, in a tab that learns nothing of this one", async (page) => {
  await loadSample(page);
  await verify(page);
  const link = page.getByRole("link", { name: "INTEL-SA-00289" });
  assert.equal(await link.getAttribute("href"), "https://www.intel.com/content/www/us/en/security-center/advisory/intel-sa-00289.html");
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");
  assert.equal(await link.getAttribute("target"), "_blank");
});

pageTest("the chain's picture has an arrow for every link, and its list says the same", async (page) => {
  await loadSample(page);
  await verify(page);
  const arrows = await page.locator(".chain-arrow").evaluateAll((all) => all.map(({ dataset }) => dataset.outcome));
  await page.locator(".chain-list summary").click();
  const items = await page.locator(".chain-list li").evaluateAll((all) => all.map(({ dataset }) => dataset.outcome));
  assert.deepEqual(arrows, items);
  assert.equal(arrows.length, 11);
  assert.match(await page.locator(".chain-picture").getAttribute("aria-label"), /11 verified/);
});

pageTest("what keeps the inputs from being verified is said at the input, which gets the focus", async (page) => {
  const says = async (field, words) => {
    // By key: what was folded or unfolded just before may still move the button away from under a pointer.
    await page.getByRole("button", { name: "Verify", exact: true }).press("Enter");
    await page.locator(".problem", { hasText: words }).waitFor();
    await page.waitForFunction((id) => document.activeElement.id === id, field);
    assert.equal((await readReport(page)).verdict, null);
  };
  await says("field-evidence", "Give the attester's file first");
  await loadSample(page);
  await page.locator(".settings > summary").click();
  await page.locator("#field-asOf").fill("2025-02-30 10:00");
  await page.locator(".settings > summary").click();
  await says("field-asOf", "This is no date and time.");
  await page.locator("#time-now").click();
  await page.locator("#field-challengeReadOut").fill("yesterday");
  await says("field-challengeReadOut", "This is no date and time.");
  await page.locator("#field-challengeReadOut").fill("");
  await page.locator("#field-challengeMinutes").fill("0");
  await says("field-challengeMinutes", "Give whole minutes");
  await page.locator("#field-challengeMinutes").fill("15");
  await page.locator("#policy-own").click();
  await says("field-policy", "Give its JSON");
  await page.locator("#field-policy").setInputFiles(textFile("policy.json", "{"));
  await says("field-policy", "The policy cannot be read");
});

for (const where of ["the worker, and in the fresh one in its place", "the page, where no worker can be started"]) {
  test(`after a trap of the verifier in ${where}, there is no verdict, and the next run is sound`, async () => {
    const context = await held.browser.newContext();
    const page = await context.newPage();
    if (where.startsWith("the worker")) {
      await trapInWorkers(page, 2);
    } else {
      await page.addInitScript(() => delete window.Worker);
      await page.addInitScript(trapTwice);
    }
    await page.goto(`${held.site.url}#/check`);
    await ready(page);
    await loadSample(page);
    await page.getByRole("button", { name: "Verify", exact: true }).click();
    await page.getByRole("heading", { name: "Our bug" }).waitFor();
    assert.equal((await readReport(page)).verdict, null);
    assert.equal((await verify(page)).verdict, "warning");
    await context.close();
  });
}

test("what trapped in the worker, in two instances, is verified in a fresh one", async () => {
  const context = await held.browser.newContext();
  const page = await context.newPage();
  await trapInWorkers(page, 1);
  await page.goto(`${held.site.url}#/check`);
  await ready(page);
  await loadSample(page);
  assert.equal((await verify(page)).verdict, "warning");
  await context.close();
});

/** In so many workers, as they are started, the first two calls of `verify` trap. */
async function trapInWorkers(page, many) {
  let started = 0;
  // One that keeps the site's files would answer for the worker's script.
  await page.addInitScript(() => delete Navigator.prototype.serviceWorker);
  await page.route("**/worker.js", async (route) => {
    started += 1;
    const response = await route.fetch();
    await route.fulfill({ response, body: started > many ? await response.text() : `(${trapTwice})();\n${await response.text()}` });
  });
}

/** The first two calls of `verify` trap, each in an instance of its own, as a bug in the verifier would. */
function trapTwice() {
  const { instantiate, Instance } = WebAssembly;
  let toTrap = 2;
  const trapping = (instance) => {
    const exports = Object.fromEntries(
      Object.entries(instance.exports).map(([name, value]) => [
        name,
        name !== "verify" ? value : (...values) => {
          if (toTrap > 0) {
            toTrap -= 1;
            throw new WebAssembly.RuntimeError("unreachable");
          }
          return value(...values);
        },
      ]),
    );
    return Object.create(instance, { exports: { value: exports } });
  };
  WebAssembly.instantiate = async (module, imports) => trapping(await instantiate(module, imports));
  // What comes after a trap is made without waiting.
  WebAssembly.Instance = new Proxy(Instance, { construct: (target, values) => trapping(new target(...values)) });
}

test("verification leaves the page's own thread free", async () => {
  const { page, close } = await open(held.browser, held.site.url, {}, { prepare: () => {
    window.posted = [];
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function (call) {
      window.posted.push(call.name);
      return post.call(this, call);
    };
  } });
  await loadSample(page);
  await verify(page);
  assert.deepEqual(await page.evaluate(() => window.posted), ["init", "useBundle", "sha256", "appraise"]);
  await close();
});

pageTest("the Report can be saved, under a name that the file did not choose", async (page) => {
  await loadSample(page);
  await verify(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the Report" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^cloud-witness-report-2025-06-20-[0-9a-f]{16}\.json$/);
  const saved = JSON.parse(await readDownload(download));
  assert.equal(saved.schema, 1);
  assert.equal(saved.verdict, "warning");
  const { rows } = await readReport(page);
  assert.deepEqual(saved.checks.map(({ id, outcome, code }) => ({ id, outcome, code })), rows);
});

/** What a camera would read from the QR code on the screen. */
async function readQrCode(page) {
  const { data, info } = await page.locator(".qr").evaluate(async (svg) => {
    const size = svg.viewBox.baseVal.width;
    const scale = 8;
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size * scale;
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    context.fillStyle = "#fff";
    context.fillRect(0, 0, size, size);
    context.fillStyle = "#000";
    context.fill(new Path2D(svg.querySelector("path").getAttribute("d")));
    return { data: [...context.getImageData(0, 0, canvas.width, canvas.height).data], info: canvas.width };
  });
  return decodeQR({ width: info, height: info, data: Uint8ClampedArray.from(data) });
}
