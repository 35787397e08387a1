// From inputs to a verdict: by keyboard alone, never a stale one, and never anything but text from a file.

import assert from "node:assert/strict";
import { test } from "node:test";
import { assertQuiet, loadSample, open, readReport, setUp, verify } from "./harness.mjs";

const held = setUp();

/** A test with a page of its own, whose console must stay empty. */
function pageTest(name, body, { prepare } = {}) {
  test(name, async () => {
    const { page, seen, close } = await open(held.browser, held.site.url, {}, prepare);
    await body(page, seen);
    assertQuiet(seen);
    await close();
  });
}

const textFile = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
const focused = (page) => page.evaluate(() => document.activeElement?.textContent?.trim() ?? "");

pageTest("by keyboard alone: the sample, its verdict, and the row that it points to", async (page) => {
  let strokes = 0;
  const press = async (key) => {
    strokes += 1;
    await page.keyboard.press(key);
  };
  const tabTo = async (text) => {
    for (let tries = 0; tries < 40; tries += 1) {
      await press("Tab");
      const outline = await page.evaluate(() => {
        const active = document.activeElement;
        const shown = active.matches("input[type=file]") ? active.nextElementSibling : active;
        return getComputedStyle(shown).outlineStyle;
      });
      assert.equal(outline, "solid", `the focus must be seen on "${await focused(page)}"`);
      if ((await focused(page)).startsWith(text)) return;
    }
    assert.fail(`"${text}" was not reached by Tab`);
  };

  await tabTo("Try it with a real sample");
  await press("Enter");
  await tabTo("Verify");
  await press("Enter");
  await page.locator("[data-verdict=warning]").waitFor();
  await tabTo("Save the Report");
  await tabTo("Back to the form");
  console.log(`key strokes from the page's start to past the verdict: ${strokes}`);
});

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
    "collateral set": () => choose("#field-collateralSet", "1"),
    collateral: () => document.querySelector("#collateral-own").click(),
    moment: () => document.querySelector("#time-now").click(),
    date: () => type("#field-asOf", "2025-06-21 00:00"),
    policy: () => document.querySelector("#policy-strict").click(),
    attesters: () => type("#paste-attesters", "[]"),
    "made challenge": () => [...document.querySelectorAll("button")].find((b) => b.textContent.startsWith("Make a")).click(),
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
    await page.waitForTimeout(900);
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
        if (this.name === "slow.txt") await new Promise((done) => setTimeout(done, 600));
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
  const first = await page.locator("#field-challenge").inputValue();
  assert.match(first, /^[0-9a-f]{64}$/);
  assert.notEqual(first.slice(-2), "00");
  const groups = await page.locator(".aloud .hex-group").allTextContents();
  assert.equal(groups.join(""), first);
  assert.ok(groups.every((group) => group.length === 4));
  const window = await page.getByText("Made here at").textContent();
  const [from, to] = [...window.matchAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g)].map(([text]) => Date.parse(text));
  assert.equal(to - from, 15 * 60 * 1000);

  await page.getByRole("button", { name: "Make a new challenge" }).click();
  assert.notEqual(await page.locator("#field-challenge").inputValue(), first);
  await page.getByRole("button", { name: "Undo" }).click();
  assert.equal(await page.locator("#field-challenge").inputValue(), first);
  assert.equal(await page.getByText("Made here at").textContent(), window);

  await page.locator("#field-challenge").fill(`${first.slice(0, -1)}1`);
  assert.equal(await page.getByText("Made here at").count(), 0, "an edited challenge was not made here");
});

pageTest("what keeps the inputs from being verified is said at the input, which gets the focus", async (page) => {
  const says = async (field, words) => {
    await page.getByRole("button", { name: "Verify", exact: true }).click();
    await page.locator(".problem", { hasText: words }).waitFor();
    await page.waitForFunction((id) => document.activeElement.id === id, field);
    assert.equal((await readReport(page)).verdict, null);
  };
  await says("field-evidence", "Give the attester's file first");
  await loadSample(page);
  await page.locator("#field-asOf").fill("2025-02-30 10:00");
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

pageTest(
  "after a trap of the verifier there is no verdict, and the next run is sound",
  async (page) => {
    await loadSample(page);
    await page.evaluate(() => (window.trap = true));
    await page.getByRole("button", { name: "Verify", exact: true }).click();
    await page.getByRole("heading", { name: "Our bug" }).waitFor();
    assert.equal((await readReport(page)).verdict, null);
    await page.evaluate(() => (window.trap = false));
    assert.equal((await verify(page)).verdict, "warning");
  },
  {
    prepare: () => {
      const instantiate = WebAssembly.instantiate;
      WebAssembly.instantiate = async (module, imports) => {
        const instance = await instantiate(module, imports);
        const exports = Object.fromEntries(
          Object.entries(instance.exports).map(([name, value]) => [
            name,
            name !== "verify" ? value : (...values) => {
              if (window.trap) throw new WebAssembly.RuntimeError("unreachable");
              return value(...values);
            },
          ]),
        );
        return Object.create(instance, { exports: { value: exports } });
      };
    },
  },
);

pageTest("the Report can be saved, under a name that the file did not choose", async (page) => {
  await loadSample(page);
  await verify(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the Report" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^cloud-witness-report-2025-06-20-[0-9a-f]{16}\.json$/);
  const chunks = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk);
  const saved = JSON.parse(Buffer.concat(chunks).toString());
  assert.equal(saved.schema, 1);
  assert.equal(saved.verdict, "warning");
  const { rows } = await readReport(page);
  assert.deepEqual(saved.checks.map(({ id, outcome, code }) => ({ id, outcome, code })), rows);
});
