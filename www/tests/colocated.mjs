// Evidence of colocation for tests. The heartbeat log is written from docs/heartbeat.md alone, without the project's code.

import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";
import { basename } from "node:path";

export const MACHINE = "intel:sgx:ppid:0123456789abcdef0123456789abcdef";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** An Ed25519 key from a seed (RFC 8410), and its OpenSSH line. */
export function recorderKey(seed = 7) {
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, seed)]);
  const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
  const raw = Buffer.from(createPublicKey(key).export({ format: "jwk" }).x, "base64url");
  const field = (bytes) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return { key, line: `ssh-ed25519 ${Buffer.concat([field(Buffer.from("ssh-ed25519")), field(raw)]).toString("base64")}` };
}

/**
 * A log of a poll every `interval` seconds, from `from` on for `seconds`. `silent` says of each second whether the recorder
 * stood still, `failing` whether the endpoint did not answer.
 */
export function heartbeatLog({
  from, seconds, interval = 10, maxGap = 60, signEvery = 360, machine = MACHINE, recorder = recorderKey(),
  silent = () => false, failing = () => false,
}) {
  const asked = ["/redfish/v1/Systems/1", "/redfish/v1/Chassis/1/Power"];
  const lines = [];
  let [prev, seq, unsigned, clock] = ["", 0, 0, 0];
  const put = (line) => {
    const text = JSON.stringify(line);
    lines.push(text);
    prev = sha256(text);
    seq += 1;
  };
  const signNow = (time) => {
    const text = `cloud-witness heartbeat 1\n${seq}\n${time}\n${prev}\n`;
    put({ signature: { seq, time, prev, ed25519: sign(null, Buffer.from(text), recorder.key).toString("hex") } });
    unsigned = 0;
  };
  put({ header: { format: 1, machine, endpoint: "bmc-7, rack 3", asked, interval, max_gap: maxGap, sign_every: signEvery, time: from, key: recorder.line } });
  put({ start: { seq, time: from, prev } });
  signNow(from);
  let wasSilent = false;
  for (let time = from; time <= from + seconds; time += interval, clock += interval) {
    if (silent(time - from)) {
      wasSilent = true;
      continue;
    }
    if (wasSilent) {
      put({ start: { seq, time, prev } });
      signNow(time);
      [wasSilent, clock] = [false, 0];
    }
    if (failing(time - from)) put({ error: { seq, time, clock, asked: 1, what: "timeout", status: null, prev } });
    else put({ beat: { seq, time, clock, asked: 2, power: "On", uuid: "4c4c4544-0042-3510-8052-b9c04f4d4e32", serial: "S1234567", supplies: 2, prev } });
    unsigned += 1;
    if (unsigned === signEvery) signNow(time);
  }
  if (unsigned > 0) signNow(from + seconds);
  return { lines, text: `${lines.join("\n")}\n`, key: recorder.line };
}

/** Networks of the RIPE NCC's own, in a RIR's form. */
export const DELEGATED = `2|ripencc|1789900000|4|19830705|20260921|+0200
ripencc|*|ipv4|*|2|summary
ripencc|*|ipv6|*|1|summary
ripencc|*|asn|*|1|summary
ripencc|NL|asn|3333|1|19930901|allocated|5d1b9e0c-holder
ripencc|NL|ipv4|193.0.0.0|2048|19930901|assigned|5d1b9e0c-holder
ripencc|NL|ipv4|193.0.8.0|768|19930901|assigned|other
ripencc|NL|ipv6|2001:67c:2e8::|48|20110101|assigned|5d1b9e0c-holder
`;

export const utc = (seconds) => new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");

export const asFile = (name, content) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(content) });

/** Adds an item of a kind, and gives back its panel. By key, as on a busy computer what is drawn can still move. */
export async function addItem(page, kind) {
  await page.locator("#field-kind").selectOption(kind);
  await page.getByRole("button", { name: "Add it" }).press("Enter");
  const panel = page.locator(`.item[data-kind=${kind}]`).last();
  await panel.waitFor();
  return panel;
}

export async function fill(panel, values) {
  for (const [label, value] of Object.entries(values)) await panel.getByLabel(label, { exact: true }).fill(String(value));
}

export async function give(panel, role, file) {
  await panel.locator(`[id$="-file-${role}"]`).setInputFiles(file);
  await panel.locator(".document-name", { hasText: file.name ?? basename(file) }).first().waitFor();
}

/** A heartbeat item whose log covers `from` to `to`; Playwright takes more than 50 MB by path alone. */
export async function addHeartbeat(page, { text, key, file = asFile("heartbeat.jsonl", text) }, from, to) {
  const panel = await addItem(page, "heartbeat");
  await fill(panel, {
    "The recorder's public key": key,
    "How is the key known, and who runs the recorder?": "Ada runs it in her own rack; she read the fingerprint out on the call",
    "Longest silence that is no gap, in seconds": 60,
    "The log must cover from": utc(from),
    Until: utc(to),
  });
  await give(panel, "log", file);
  return panel;
}

export async function addAddresses(page, { list = DELEGATED, holder = "5d1b9e0c-holder", seen = [["193.0.6.139", "inbound"], ["2001:67c:2e8:22::c100:68b", "outbound"]], at }) {
  const panel = await addItem(page, "addresses");
  await fill(panel, {
    "Data centre": "Example Hall 2",
    "How are the prefixes known to be the data centre's?": "its peering page",
    "The data centre's opaque id in a RIR's file": holder,
  });
  for (const [address, direction] of seen) {
    await panel.getByRole("button", { name: "Add an address" }).press("Enter");
    const row = panel.locator("fieldset.person").last();
    await row.waitFor();
    await fill(row, { Address: address, "Who saw it, and how?": "Ada, with curl", "When?": utc(at) });
    if (direction === "outbound") await row.getByLabel("Outbound: from the machine").check();
  }
  await give(panel, "prefixes", asFile("delegated.txt", list));
  return panel;
}

/** Checks, and waits for what comes of it. */
export async function check(page) {
  await page.getByRole("button", { name: "Check the evidence" }).press("Enter");
  await page.locator(".trust").waitFor({ timeout: 120_000 });
}

/** Outcome and code by row. */
export function rows(panel) {
  return panel.locator("[data-colocation-check]").evaluateAll((all) =>
    Object.fromEntries(all.map(({ dataset }) => [dataset.colocationCheck, dataset.code === undefined ? dataset.outcome : `${dataset.outcome} ${dataset.code}`])));
}
