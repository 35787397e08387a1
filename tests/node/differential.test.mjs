// Another verifier over the same cases: @phala/dcap-qvl, the same engine's port to JavaScript, whose parsing and
// cryptography are other code. It answers less than we do; where the two differ is listed, each with its reason, and a
// difference that is gone fails as one that is new.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import qvl from "@phala/dcap-qvl";
import { DIFFERENCES } from "./differences.mjs";

const vectors = process.env.CW_VECTORS_DIR;
assert.ok(vectors, "run by `cargo xtask test`");

const read = (name, file) => {
  const path = join(vectors, name, file);
  return existsSync(path) ? readFileSync(path) : undefined;
};
const names = JSON.parse(readFileSync(join(vectors, "index.json"), "utf8"));

/** The forge's root stands last in its issuer chains. */
const forgedRoot = (() => {
  const { tcb_info_issuer_chain: chain } = JSON.parse(read("001-affirming-as-of", "collateral.json"));
  return new X509Certificate(chain.match(/-----BEGIN[^]*?-----END CERTIFICATE-----/g).at(-1)).raw;
})();

/** The rows in which both answer one question: is the quote genuine, by collateral in force, and not revoked? */
const ROWS = [
  "quote.structure", "collateral.found", "collateral.current", "collateral.genuine", "pck.chain", "qe.report", "quote.key",
  "quote.signature", "tcb.status", "enclave.attributes",
];
const accepts = ({ rows }) => ROWS.every((id) => ["pass", "warn"].includes(rows[id].outcome));

/** The quote in a file that holds it raw, in hex, or as the attester prints it; null where it is in none of these. */
function quoteOf(evidence) {
  if (evidence === undefined) return null;
  if (evidence[0] >= 3 && evidence[0] <= 5 && evidence[1] === 0) return evidence;
  const hex = /^(?:RAW Quote: )?([0-9a-fA-F]+)\s*$/m.exec(evidence.toString("latin1"))?.[1];
  return hex === undefined || hex.length < 2000 ? null : Buffer.from(hex, "hex");
}

const compared = [];
const found = {};
for (const name of names) {
  const { root, request, expect } = JSON.parse(read(name, "case.json"));
  const quote = quoteOf(read(name, "evidence.bin"));
  const collateral = read(name, "collateral.json");
  // A bundle is ours; what was not found or not given is no question to the other.
  if (quote === null || collateral === undefined || expect.rows["file.decoded"].outcome !== "pass") continue;
  if (!collateral.includes("\"tcb_info\"")) continue;
  const verifier = root === "forged" ? qvl.QuoteVerifier.newWithRootCa(forgedRoot) : qvl.QuoteVerifier.newProd();
  let theirs;
  try {
    theirs = verifier.verify(quote, JSON.parse(collateral), request.at).status;
  } catch {
    theirs = null;
  }
  compared.push(name);
  if ((theirs !== null && theirs !== "Revoked") !== accepts(expect)) {
    found[name] = theirs === null ? "they refuse" : "they accept";
  }
}

test("the port accepts what we accept, and refuses what we refuse, but for what is listed", (t) => {
  assert.ok(compared.length > 300, `${compared.length} compared`);
  t.diagnostic(`${compared.length} cases compared, ${Object.keys(found).length} differ`);
  const listed = Object.fromEntries(Object.entries(DIFFERENCES).flatMap(([how, reasons]) =>
    Object.entries(reasons).flatMap(([, cases]) => cases.map((name) => [name, how]))));
  assert.deepEqual(found, listed);
});
