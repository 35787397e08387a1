// What every engine is asked, and what Node answers.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const COLLATERAL = "_collateral.json";
const DAY = 24 * 60 * 60;

/** In an SGX quote a byte of its signature, in a TDX quote one of what that covers. */
const DAMAGED_BYTE = 440;

/**
 * A quote, and the Report that it must get.
 * @typedef {{ name: string, evidence: string, collateral: string, at: number, report: string }} Sample
 *   evidence in base64, so that all of it crosses to an engine as JSON
 */

/**
 * Every quote of the folder that has its collateral beside it: as it is, genuine; or with one bit changed.
 * @returns {Promise<Sample[]>}
 */
export async function references(pkg, folder, { isDamaged = false } = {}) {
  const api = await import(pathToFileURL(join(pkg, "node.js")).href);
  await api.init();
  const names = (await readdir(folder)).filter((name) => name.endsWith(COLLATERAL)).sort();
  assert.notEqual(names.length, 0, `no samples in ${folder}`);
  return Promise.all(names.map(async (file) => {
    const name = file.slice(0, -COLLATERAL.length);
    const evidence = await readFile(join(folder, name));
    if (isDamaged) evidence[DAMAGED_BYTE] ^= 1;
    const collateral = await readFile(join(folder, file), "utf8");
    // The day after Intel signed it: by then all of it is valid, and none of it has run out.
    const at = Math.floor(Date.parse(JSON.parse(JSON.parse(collateral).tcb_info).issueDate) / 1000) + DAY;
    const report = await api.verify({ evidence, collateral, at, collateralFrom: "witness" });
    const signed = report.checks.find(({ id }) => id === "quote.signature");
    assert.equal(signed.outcome, isDamaged ? "fail" : "pass", `the signature of ${name}, and Node says ${signed.outcome} ${signed.code}`);
    return { name, evidence: evidence.toString("base64"), collateral, at, report: JSON.stringify(report) };
  }));
}

/** What differs between an answer and the right one, in a few words. */
export function difference(right, answer) {
  try {
    const [wanted, got] = [JSON.parse(right), JSON.parse(answer)];
    const rows = got.checks
      .filter((row, index) => JSON.stringify(row) !== JSON.stringify(wanted.checks[index]))
      .map(({ id, outcome, code }) => `${id} ${outcome}${code ? ` ${code}` : ""}`);
    return `${wanted.verdict} became ${got.verdict}: ${rows.join(", ") || "outside of the rows"}`;
  } catch {
    return answer.slice(0, 200);
  }
}
