// The folder in which the examples that people read are run: a real quote and its collateral, and what a ceremony about it, a
// registry and a trust server leave behind. All of it is under Intel's root, made by the package itself or by others.

import { generateKeyPairSync, sign } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { root } from "./support.mjs";

/** When the collateral of the engine's samples was good: 2025-06-20. */
const AT = 1750377600;

/** A genuine round of drand's chain quicknet, as its API gives it. */
export const ROUND = {
  round: 1000,
  randomness: "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd",
  signature: "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39",
};

/** What a ceremony's people entered about the machine of the sample. */
const entered = (people, file) => ({
  kind: "bare_metal",
  participants: people.map(({ name, project, role, key }) => ({ name, project, role, key })),
  colocation: { answer: "not_offered", how: "Its price list has none." },
  console: { provider: "Example Cloud", product: "Metal 1", region: "north", console_type: "IPMI", machine: "server-4711" },
  times: {
    participants: AT - 900, colocation: AT - 800, console: AT - 700, challenge: AT - 300, command: null,
    hash: AT - 60, file: AT, appraisal: AT + 1, outcome: AT + 2,
  },
  challenge: { hex: "48656c6c6f2c20776f726c6421", minutes: 15, made_by: 1, origin: { type: "random" } },
  file: { name: "quote.hex", noted_sha256: file, noted_by: 2 },
  warning_reason: "Two settings of the firmware are still to be changed.",
  notes: null,
  recording: "https://video.example/server-4711",
});

/**
 * @param {string} folder  empty
 * @param {string} packageDir  the package under test
 */
export async function fill(folder, packageDir) {
  const samples = process.env.DCAP_QVL_SAMPLES;
  if (!samples) throw new Error("DCAP_QVL_SAMPLES is not set; run this by `cargo xtask`");
  const api = await import(pathToFileURL(join(packageDir, "node.js")));
  await api.init();
  const put = (name, content) => writeFileSync(join(folder, name), typeof content === "object" ? JSON.stringify(content) : content);
  const text = (name) => readFileSync(join(root, name), "utf8");

  const quote = readFileSync(join(samples, "sgx_quote")).toString("hex");
  const collateral = readFileSync(join(samples, "sgx_quote_collateral.json"), "utf8");
  put("quote.hex", quote);
  put("collateral.json", collateral);
  mkdirSync(join(folder, "folder"));
  put("folder/quote.hex", quote);
  put("bundle.json", {
    schema: 1, kind: "cloud-witness collateral bundle", fetched_at: AT, from: "nowhere", chains: [], root_ca_crl: null,
    pck_crls: { processor: null, platform: null }, qe_identities: [], tcb_infos: [],
  });
  for (const name of ["signers", "attesters"]) cpSync(join(root, `docs/${name}.example.json`), join(folder, `${name}.json`));
  put("round.json", ROUND);
  cpSync(join(root, "tests/colocation/prefixes.txt"), join(folder, "prefixes.txt"));

  // A forged machine's ceremony, and the attester's file out of it.
  const example = text("docs/ceremony-record.example.dsse.json");
  put("ceremony.dsse.json", example);
  const { predicate } = JSON.parse(Buffer.from(JSON.parse(example).payload, "base64").toString());
  put("attester.txt", Buffer.from(predicate.evidence.base64, "base64").toString());

  // A token of another library's making, and the list that has its key.
  const { keys, vectors } = JSON.parse(text("tests/tokens/vectors.json"));
  put("keys.json", keys);
  put("token.jwt", vectors.find(({ name }) => name === "rs256-by-a-keys-json").token);

  // A ceremony about the sample's machine, at each stage: entered, to be signed, signed by one or the other, by all.
  const people = [["Paula", "Example Compute", "prover"], ["Walter", "First", "witness"], ["Vera", "Second", "witness"]].map(([name, project, role]) => {
    const pair = generateKeyPairSync("ed25519");
    const raw = Buffer.from(pair.publicKey.export({ format: "jwk" }).x, "base64url");
    return { name, project, role, pair, key: api.parseKey(raw).line };
  });
  put("key.pem", people[0].pair.privateKey.export({ type: "pkcs8", format: "pem" }));
  put("entered.json", entered(people, await api.sha256(quote)));
  const made = await api.recordCeremony({ entered: entered(people, await api.sha256(quote)), evidence: quote, collateral, collateralFrom: "witness" });
  if (made.record === null) throw new Error(JSON.stringify(made.findings));
  put("record.dsse.json", made.record.file);
  const signed = await Promise.all(people.map(({ pair, key }) =>
    api.addSignature(made.record.file, { key, signature: sign(null, Buffer.from(made.record.pae), pair.privateKey) })));
  put("from-paula.dsse.json", signed[0]);
  put("from-walter.dsse.json", signed[1]);
  const complete = await api.mergeCeremonies(await api.mergeCeremonies(signed[0], signed[1]), signed[2]);
  put("signed.dsse.json", complete);

  // A registry, and the patch that brings that machine into it.
  const known = "# Known machines: id,label\n11111111111111111111111111111111,First machine\n22222222222222222222222222222222,Second machine\n";
  put("known.csv", known);
  put("revoked.csv", "# Revoked machines: id,reason\n");
  const enrolment = await api.enrol(complete, { known, author: { name: "Walter Witness", email: "walter@first.example" }, at: AT + 3600 });
  put("machine.patch", enrolment.patch);
}
