// `parseAttesterOutput`: files of every format that the attester has had, taken apart; and each way in which one cannot be.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { load } from "./support.mjs";

const vectors = process.env.CW_VECTORS_DIR;
assert.ok(vectors, "run by `cargo xtask test`");
const api = await load("node.js");
await api.init();

const evidence = (vector) => new Uint8Array(readFileSync(join(vectors, vector, "evidence.bin")));
const textOf = (vector) => new TextDecoder().decode(evidence(vector));
const good = textOf("001-affirming-as-of");

for (const [generation, vector, marks] of [
  ["2025-10-27", "008-affirming-format-2025-10-27", ["\treport_body"]],
  ["2025-12-04", "009-affirming-format-2025-12-04", ["\tSGX report_body"]],
  ["2025-12-14", "010-affirming-format-2025-12-14", ["\tSGX report_body", "Machine-ID: "]],
  ["2026-02-15", "001-affirming-as-of", ["\tSGX report_body", "Machine-ID: ", "FMSPC: "]],
]) {
  test(`a file of ${generation} is taken apart, and nothing of it is lost`, async () => {
    const output = await api.parseAttesterOutput(evidence(vector));
    assert.deepEqual(Object.keys(output), ["generation", "quote", "quote_line", "lines"]);
    assert.equal(output.generation, generation);
    // Put together again it is the file.
    const lines = [...output.lines, { number: output.quote_line, text: `RAW Quote: ${output.quote.toUpperCase()}` }];
    const file = lines.sort((a, b) => a.number - b.number).map(({ text }) => `${text}\n`).join("");
    assert.equal(file, textOf(vector));
    assert.deepEqual(lines.map(({ number }) => number), lines.map((_, index) => index + 1));
    for (const mark of marks) assert.ok(output.lines.some(({ text }) => text.startsWith(mark)), mark);
    assert.match(output.quote, /^[0-9a-f]+$/);
    assert.deepEqual(JSON.parse(JSON.stringify(output)), output);
  });
}

test("every form of input gives the same, and so does a file with the line ends of Windows", async () => {
  const output = await api.parseAttesterOutput(good);
  const bytes = new TextEncoder().encode(good);
  for (const form of [bytes, bytes.buffer, new Blob([good]), good.replaceAll("\n", "\r\n")]) {
    assert.deepEqual(await api.parseAttesterOutput(form), output);
  }
});

test("blank lines are counted and left out; what is no line of the attester's is handed over as it stands", async () => {
  const output = await api.parseAttesterOutput("\n# a remark\n\nRAW Quote: 0300FF\n   \n\tisv_svn = never\n");
  assert.deepEqual(output, {
    generation: "2025-10-27", quote: "0300ff", quote_line: 4,
    lines: [{ number: 2, text: "# a remark" }, { number: 6, text: "\tisv_svn = never" }],
  });
});

test("the quote alone tells no format", async () => {
  const [line] = good.split("\n");
  for (const file of [line, `${line}\nChecking quote...\n`]) assert.equal((await api.parseAttesterOutput(file)).generation, null);
});

const REFUSED = {
  "nothing": ["", "INPUT_EMPTY", /empty\.$/],
  "white space": [" \n\t", "INPUT_EMPTY", /empty\.$/],
  "more than 256 KiB": [good.padEnd(256 * 1024 + 1, "\n"), "INPUT_TOO_LARGE", /more than 262144 bytes\.$/],
  "UTF-16": [new Uint8Array(Buffer.from(`\ufeff${good}`, "utf16le")), "INPUT_ENCODING", /UTF-16 \(little endian\).* \(byte 0\)$/],
  "a byte order mark": [`\ufeff${good}`, "INPUT_ENCODING", /byte order mark.* \(byte 0\)$/],
  "a character beyond ASCII": [good.replace("Checking", "Che\u202ecking"), "INPUT_CHARACTER", /Line 2 has the character .* \(line 2, byte \d+\)$/],
  "what is no text": [Uint8Array.of(0xff, 0, 0x10, 0x80), "INPUT_NOT_A_QUOTE", /No quote was found/],
  "a file without the quote's line": [good.split("\n").slice(1).join("\n"), "RAW_QUOTE_MISSING", /no line `RAW Quote:`\.$/],
  "a bare quote as hex": [/^RAW Quote: (.*)$/m.exec(good)[1], "RAW_QUOTE_MISSING", /no line/],
  "a bare quote's bytes": [Uint8Array.of(3, 0, 2, 0, 0), "RAW_QUOTE_MISSING", /no line/],
  "a quote in JSON": ['{"quote":"03000200"}', "RAW_QUOTE_MISSING", /no line/],
  "two quotes": [`${good}RAW Quote: 03000200\n`, "RAW_QUOTE_TWICE", /has 2 lines.* \(line \d+\)$/],
  "a digit that is none": ["RAW Quote: 03x0\n", "HEX_INVALID", /its? character 3 .* \(line 1, hex digit 3\)$/i],
  "half a byte": ["\nRAW Quote: 030\n", "HEX_INVALID", /3 digits, an odd number\. \(line 2\)$/],
  "a line that only looks like the quote's": [" RAW Quote: 0300\n", "HEX_INVALID", /not as the attester prints it\. \(line 1\)$/],
  "a quote of more than 64 KiB": [`RAW Quote: ${"00".repeat(64 * 1024 + 1)}\n`, "QUOTE_TOO_LARGE", /has 65537 bytes; at most 65536/],
};
for (const [what, [file, code, words]] of Object.entries(REFUSED)) {
  test(`${what} is refused as ${code}, in the words of row file.decoded`, async () => {
    await assert.rejects(api.parseAttesterOutput(file), (error) => {
      assert.equal(Object.getPrototypeOf(error), Error.prototype);
      assert.equal(error.code, code);
      assert.match(error.message, words);
      return true;
    });
    // What no `verify` takes either is said there in the same words.
    const [row] = (await api.decodeEvidence(file)).checks;
    if (row.code === code) {
      const place = row.place === null ? "" : ` (${row.place})`;
      await assert.rejects(api.parseAttesterOutput(file), { message: row.detail + place });
    } else {
      assert.equal(code, "RAW_QUOTE_MISSING");
    }
  });
}

test("one byte less than too large is taken", async () => {
  assert.equal((await api.parseAttesterOutput(good.padEnd(256 * 1024, "\n"))).generation, "2026-02-15");
  assert.equal((await api.parseAttesterOutput(`RAW Quote: ${"00".repeat(64 * 1024)}\n`)).quote.length, 128 * 1024);
});
