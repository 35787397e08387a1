// Makes vectors.json: trust tokens, good and bad, by an independent JWT library (`jose`), under keys of this test alone.
// Both algorithms sign alike every time, so making them again gives the same file: a test does so.
//
//   DCAP_QVL_SAMPLES=… node make.mjs > vectors.json

import { createHash, createPrivateKey, createPublicKey, sign as signBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const require = createRequire(new URL("../node/package.json", import.meta.url));
const { CompactSign, EncryptJWT, SignJWT, importJWK } = await import(pathToFileURL(require.resolve("jose")).href);

/** A moment inside the collateral of the samples: 2025-06-20T00:00:00Z. */
const AT = 1_750_377_600;
/** Half an hour before. */
const MADE = AT - 1800;

const KEYS = JSON.parse(readFileSync(new URL("keys-for-tests-only.json", import.meta.url), "utf8"));
const rsa = await importJWK(KEYS.rsa, "RS256");
const shortRsa = createPrivateKey({ key: KEYS.rsa_1024, format: "jwk" });
const ed = await importJWK(KEYS.ed25519, "EdDSA");
const stranger = await importJWK(KEYS.stranger, "EdDSA");

const publicOf = ({ kty, crv, x, y, n, e }) => createPublicKey({ key: { kty, crv, x, y, n, e }, format: "jwk" });
const pemOf = (jwk) => publicOf(jwk).export({ type: "spki", format: "pem" });
const kidOf = ({ x }) => Buffer.from(x, "base64url").toString("hex");
const alliance = kidOf(KEYS.ed25519);

/** SubjectPublicKeyInfo of an Ed25519 key with these bytes (RFC 8410), which no library would make for them. */
const edPem = (hex) => {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(hex, "hex")]);
  return `-----BEGIN PUBLIC KEY-----\n${der.toString("base64")}\n-----END PUBLIC KEY-----\n`;
};

/** The same for RSA numbers. */
const derOf = (tag, ...parts) => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const integer = (bytes) => derOf(2, bytes[0] & 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
const rsaPem = (modulus, exponent) => {
  const numbers = derOf(0x30, integer(modulus), integer(exponent));
  const info = derOf(0x30, Buffer.from("300d06092a864886f70d0101010500", "hex"), derOf(3, Buffer.from([0]), numbers));
  return `-----BEGIN PUBLIC KEY-----\n${info.toString("base64")}\n-----END PUBLIC KEY-----\n`;
};
const modulus = Buffer.from(KEYS.rsa.n, "base64url");
const evenModulus = Buffer.from(modulus);
evenModulus[evenModulus.length - 1] &= 0xfe;

/** keys.json as the trust server has it. One of its keys is written with `\n` in two characters. */
const keysJson = {
  "server-1": pemOf(KEYS.rsa),
  "server-2": pemOf(KEYS.rsa).replaceAll("\n", "\\n"),
  "server-ed25519": pemOf(KEYS.ed25519),
  "short": pemOf(KEYS.rsa_1024),
  "exponent-1": rsaPem(modulus, Buffer.from([1])),
  "exponent-even": rsaPem(modulus, Buffer.from([2])),
  "modulus-even": rsaPem(evenModulus, Buffer.from([1, 0, 1])),
  "small-order": edPem(`01${"00".repeat(31)}`),
  "another-curve": pemOf(KEYS.p256),
  "private": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
};

const lists = {
  open: [{ kid: alliance, source: "these tests" }],
  "given up": [{ kid: alliance, source: "these tests", valid_from: "2025-01-01T00:00:00Z", valid_to: "2025-06-19T23:29:59Z" }],
  later: [{ kid: alliance, source: "these tests", valid_from: "2025-06-19T23:30:01Z" }],
  "given up last year": [{ kid: alliance, source: "these tests", valid_to: "2024-12-31T23:59:59Z" }],
  "of this year": [{ kid: alliance, source: "these tests", valid_from: "2025-01-01T00:00:00Z" }],
  "in use": [{ kid: alliance, source: "these tests", valid_from: "2025-06-19T23:30:00Z", valid_to: "2025-06-19T23:30:00Z" }],
};

const quote = readFileSync(join(process.env.DCAP_QVL_SAMPLES, "tdx_quote"));
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
/** What is said of the sample elsewhere, by other tools. */
const PPID = "811dca2a26b952e85bb6448b097ba4fd";
const SGX_EXTENSIONS = "3c17fc966c5d41f242ba88f9eb7b4a6cc0bac19188807d73a0233d4b9c15c32c";

/** As long as the length says that stands after header and report body (48 and 584 bytes). */
const bare = quote.subarray(0, 48 + 584 + 4 + quote.readUInt32LE(48 + 584));
const zeros = Buffer.concat([quote, Buffer.alloc(100)]);

const payload = { quote_hash: sha256(quote), machine_id: PPID, label: "Example Compute, hall 4", timestamp: MADE };
const without = (name) => Object.fromEntries(Object.entries(payload).filter(([key]) => key !== name));

const RS = { alg: "RS256", typ: "JWT", kid: "server-1" };
const ED = { alg: "EdDSA", typ: "JWT", kid: alliance };

const byJose = (header, claims, key) => new SignJWT(claims).setProtectedHeader(header).sign(key);
const base64url = (value) => Buffer.from(typeof value === "object" && !Buffer.isBuffer(value) ? JSON.stringify(value) : value).toString("base64url");
/** Signed with the right key over exactly these texts, which no library would write. */
const byHand = (header, claims, key = "ed25519") => {
  const signed = `${base64url(header)}.${base64url(claims)}`;
  const algorithm = key === "rsa" ? "sha256" : null;
  return `${signed}.${base64url(signBytes(algorithm, Buffer.from(signed), createPrivateKey({ key: KEYS[key], format: "jwk" })))}`;
};
const rs256 = await byJose(RS, { ...payload, iat: MADE }, rsa);
const eddsa = await byJose(ED, payload, ed);
const [edHeader, edPayload, edSignature] = eddsa.split(".");
const [rsHeader, rsPayload, rsSignature] = rs256.split(".");

const LACKS = ["TOKEN_NO_EXPIRY", "TOKEN_NO_NONCE", "TOKEN_NO_TCB_STATUS"];
/** The last character of a part, with one more of the bits that belong to no byte. */
const withBit = (part) => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1)) ^ 1];
};
/** The same Ed25519 signature with the group's order added to its number S. */
const withOrder = (signature) => {
  const bytes = Buffer.from(signature, "base64url");
  const order = (1n << 252n) + 27742317777372353535851937790883648493n;
  let number = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`) + order;
  for (let at = 32; at < 64; at += 1) {
    bytes[at] = Number(number & 255n);
    number >>= 8n;
  }
  return bytes.toString("base64url");
};
const hs256 = async (secret) => new CompactSign(Buffer.from(JSON.stringify(payload))).setProtectedHeader({ alg: "HS256", typ: "JWT", kid: "server-1" }).sign(Buffer.from(secret));

/** In place of a signature that differs every time. */
const otherSignature = (token) => token.replace(/\.[^.]+$/, `.${rsSignature}`);

const vectors = [];
/** `codes`: everything that is found, in the order of the rows; what a token of this kind lacks is only said of a signed one. */
function add(name, token, verdict, codes, given = {}) {
  vectors.push({ name, token, at: AT, keys: true, alliance: "open", quote: null, verdict, codes, ...given });
}
const good = (name, token, given = {}, before = [], after = []) => add(name, token, "warning", [...before, ...LACKS, ...after], given);
/** Not signed, or not readable: nothing that it says is looked at. */
const refused = (name, token, code, given = {}) => add(name, token, "contraindicated", [code], given);
const undecided = (name, token, code, given = {}) => add(name, token, "none", [code], given);
/** Signed, and bad in what it says. */
const says = (name, claims, code, { outcome = "contraindicated", lacks = LACKS } = {}) =>
  byJose(ED, claims, ed).then((token) => add(name, token, outcome, [code, ...lacks]));

// Good ones.
good("rs256-by-a-keys-json", rs256);
good("rs256-key-with-its-line-ends-in-two-characters", await byJose({ ...RS, kid: "server-2" }, payload, rsa));
good("eddsa-by-the-alliances-key", eddsa);
good("eddsa-by-a-key-in-keys-json", await byJose({ ...ED, kid: "server-ed25519" }, payload, ed));
good("eddsa-without-keys-json", eddsa, { keys: false });
good("kid-in-upper-case", await byJose({ ...ED, kid: alliance.toUpperCase() }, payload, ed));
good("space-around-it", ` \r\n${eddsa}\n`);
good("with-its-quote", eddsa, { quote: "tdx_quote" }, [], ["TOKEN_QUOTE_WARNING"]);
good("rs256-with-its-quote", rs256, { quote: "tdx_quote" }, [], ["TOKEN_QUOTE_WARNING"]);
good("with-its-quote-and-zeros-after-it-that-were-not-sent", await byJose(ED, { ...payload, quote_hash: sha256(bare) }, ed), { quote: "tdx_quote+zeros" }, [], ["TOKEN_QUOTE_WARNING"]);
good("with-its-quote-and-the-zeros-after-it-as-they-were-sent", await byJose(ED, { ...payload, quote_hash: sha256(zeros) }, ed), { quote: "tdx_quote+zeros" }, [], ["TOKEN_QUOTE_WARNING"]);
good("machine-id-of-before-2026", await byJose(ED, { ...payload, machine_id: SGX_EXTENSIONS }, ed), { quote: "tdx_quote" }, [], ["TOKEN_QUOTE_WARNING"]);
good("machine-id-of-the-charter", await byJose(ED, { ...payload, machine_id: `intel:tdx:ppid:${PPID}` }, ed), { quote: "tdx_quote" }, [], ["TOKEN_QUOTE_WARNING"]);
good("amd-without-a-quote", await byJose(ED, { ...payload, machine_id: "ab".repeat(64) }, ed));
good("key-in-use-to-the-second", eddsa, { alliance: "in use" });
good("tee-of-the-quote", await byJose(ED, { ...payload, tee: { type: "tdx", version: 4 } }, ed), { quote: "tdx_quote" }, [], ["TOKEN_QUOTE_WARNING"]);
add("with-expiry-nonce-and-tcb-status", await byJose(ED, { ...payload, exp: AT + 1, nbf: AT, nonce: "n", tee: { type: "tdx", tcb_status: "UpToDate" } }, ed), "warning", ["TOKEN_NONCE_NOT_COMPARED"]);
good("eddsa-named-by-its-curve", byHand({ ...ED, alg: "Ed25519" }, payload));
good("eddsa-named-by-its-curve-by-a-key-in-keys-json", byHand({ ...ED, alg: "Ed25519", kid: "server-ed25519" }, payload));
good("times-with-fractions", byHand(ED, { ...without("timestamp"), timestamp: MADE + 0.25, iat: MADE + 0.75, nbf: AT - 0.5 }));
good("iat-a-whole-number-with-a-point", byHand(ED, JSON.stringify({ ...payload, iat: "#" }).replace('"#"', `${MADE}.0`)));
add("valid-for-a-fraction-of-this-second", byHand(ED, { ...payload, exp: AT + 0.5 }), "warning", LACKS.slice(1));
good("made-within-the-skew", await byJose(ED, { ...payload, timestamp: AT + 300 }, ed));
good("without-a-time", await byJose(ED, without("timestamp"), ed));

// What cannot be read.
undecided("empty", " \n", "TOKEN_EMPTY");
undecided("oversized", "", "TOKEN_TOO_LARGE", { repeat: { of: `${eddsa}.`, until: 16385 } });
undecided("oversized-by-space-alone", "", "TOKEN_TOO_LARGE", { repeat: { of: " ", until: 16385 } });
undecided("two-parts", `${edHeader}.${edPayload}`, "TOKEN_PARTS");
undecided("four-parts", `${eddsa}.${edSignature}`, "TOKEN_PARTS");
undecided("encrypted", await new EncryptJWT(payload).setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(Buffer.alloc(32, 7)).then((token) => token.replace(/\.[^.]+\.[^.]+\.[^.]+$/, ".AAAA.AAAA.AAAA")), "TOKEN_ENCRYPTED");
undecided("json-serialisation-with-unsigned-fields", JSON.stringify({ payload: edPayload, signatures: [{ protected: edHeader, header: { kid: "unsigned" }, signature: edSignature }] }), "TOKEN_JSON_SERIALIZATION");
undecided("a-servers-whole-answer", JSON.stringify({ machineId: PPID, label: "l", jwt: eddsa }), "TOKEN_ANSWER");
undecided("a-servers-refusal", JSON.stringify({ error: "Machine is not on the list." }), "TOKEN_ANSWER");
undecided("a-servers-answer-before-the-last", JSON.stringify({ machineId: PPID, nonces: {} }), "TOKEN_ANSWER");
undecided("json-that-is-cut", '{"jwt":"', "TOKEN_ANSWER");
undecided("flattened-json-serialisation", JSON.stringify({ protected: edHeader, header: { alg: "none" }, payload: edPayload, signature: edSignature }), "TOKEN_JSON_SERIALIZATION");
undecided("padded", `${edHeader}.${edPayload}.${edSignature}==`, "TOKEN_BASE64");
undecided("standard-alphabet", `${edHeader}.${edPayload}.${Buffer.from(edSignature, "base64url").toString("base64").replace(/=+$/, "")}+/`, "TOKEN_BASE64");
undecided("a-line-end-inside", `${edHeader}.\n${edPayload}.${edSignature}`, "TOKEN_BASE64");
undecided("a-letter-that-looks-alike", `${edHeader}.${edPayload}.${edSignature.slice(0, -1)}А`, "TOKEN_BASE64");
undecided("trailing-bits-in-an-ed25519-signature", `${edHeader}.${edPayload}.${withBit(edSignature)}`, "TOKEN_BASE64_BITS");
undecided("trailing-bits-in-an-rsa-signature", `${rsHeader}.${rsPayload}.${withBit(rsSignature)}`, "TOKEN_BASE64_BITS");
undecided("one-character-too-few", `${edHeader}.${edPayload}.${edSignature}A`.slice(0, -2), "TOKEN_BASE64_BITS");
undecided("header-no-json", byHand("not json", payload), "TOKEN_NOT_JSON");
undecided("payload-an-array", byHand(ED, "[1]"), "TOKEN_NOT_JSON");
undecided("payload-not-utf-8", byHand(ED, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), "TOKEN_NOT_JSON");
undecided("nested-by-its-header", await byJose({ ...ED, cty: "JWT" }, payload, ed), "TOKEN_NESTED");
undecided("nested-by-its-payload", byHand(ED, eddsa), "TOKEN_NESTED");
undecided("another-kind-of-token", await byJose({ ...ED, typ: "at+jwt" }, payload, ed), "TOKEN_TYPE");
refused("key-twice-in-the-header", byHand(`{"alg":"EdDSA","typ":"JWT","kid":"x","kid":"${alliance}"}`, payload), "TOKEN_KEY_TWICE");
refused("key-twice-in-the-payload", byHand(ED, `{"machine_id":"${"0".repeat(32)}","quote_hash":"${payload.quote_hash}","label":"l","timestamp":${MADE},"machine_id":"${PPID}"}`), "TOKEN_KEY_TWICE");
refused("key-twice-deep-inside", byHand(ED, `{"tee":{"type":"sgx","ty\\u0070e":"tdx"}}`), "TOKEN_KEY_TWICE");
refused("crit", byHand({ ...ED, crit: ["exp"], exp: AT + 9 }, payload), "TOKEN_CRITICAL");
refused("unencoded-payload", byHand({ ...ED, b64: false }, payload), "TOKEN_CRITICAL");

// Algorithms and keys.
for (const alg of ["none", "None", "nOnE", "NONE"]) {
  refused(`alg-${alg}`, `${base64url({ alg, typ: "JWT", kid: alliance })}.${edPayload}.`, "TOKEN_ALG_NONE");
}
refused("alg-none-with-the-signature-left", `${base64url({ ...ED, alg: "none" })}.${edPayload}.${edSignature}`, "TOKEN_ALG_NONE");
refused("alg-missing", byHand({ typ: "JWT", kid: alliance }, payload), "TOKEN_ALG_MISSING");
refused("alg-a-list", byHand({ ...ED, alg: ["EdDSA"] }, payload), "TOKEN_ALG_MISSING");
refused("hs256-with-the-public-keys-pem", await hs256(keysJson["server-1"]), "TOKEN_ALG_SYMMETRIC");
refused("hs256-with-the-kid-as-its-secret", await hs256("server-1"), "TOKEN_ALG_SYMMETRIC");
refused("hs256-with-the-alliances-key", `${base64url({ alg: "HS256", typ: "JWT", kid: alliance })}.${edPayload}.${edSignature}`, "TOKEN_ALG_SYMMETRIC");
undecided("alg-ps256", await byJose({ ...RS, alg: "PS256" }, payload, await importJWK(KEYS.rsa, "PS256")).then(otherSignature), "TOKEN_ALG_UNSUPPORTED");
undecided("alg-es256", await byJose({ ...RS, alg: "ES256", kid: "another-curve" }, payload, await importJWK(KEYS.p256, "ES256")).then(otherSignature), "TOKEN_ALG_UNSUPPORTED");
undecided("alg-rs256-in-lower-case", byHand({ ...RS, alg: "rs256" }, payload, "rsa"), "TOKEN_ALG_UNSUPPORTED");
undecided("kid-missing", await byJose({ alg: "RS256", typ: "JWT" }, payload, rsa), "TOKEN_KID_MISSING");
undecided("kid-null", byHand({ ...RS, kid: null }, payload, "rsa"), "TOKEN_KID_MISSING");
undecided("kid-empty", await byJose({ ...RS, kid: "" }, payload, rsa), "TOKEN_KID_MISSING");
undecided("kid-unknown", await byJose({ ...RS, kid: "server-9" }, payload, rsa), "TOKEN_KID_UNKNOWN");
undecided("kid-a-word-of-every-object", await byJose({ ...RS, kid: "__proto__" }, payload, rsa), "TOKEN_KID_UNKNOWN");
undecided("kid-the-beginning-of-one", await byJose({ ...ED, kid: alliance.slice(0, 16) }, payload, ed), "TOKEN_KID_UNKNOWN");
undecided("kid-the-strangers-own-key", await byJose({ ...ED, kid: kidOf(KEYS.stranger) }, payload, stranger), "TOKEN_KID_UNKNOWN");
undecided("keys-json-not-given", rs256, "TOKEN_KEYS_NOT_GIVEN", { keys: false });
refused("kid-of-an-ed25519-key-under-rs256", await byJose({ ...RS, kid: alliance }, payload, rsa), "TOKEN_KID_ALG");
refused("kid-of-an-rsa-key-under-ed25519", byHand({ ...ED, alg: "Ed25519", kid: "server-1" }, payload), "TOKEN_KID_ALG");
refused("ed25519-named-by-its-curve-signed-by-another-key", byHand({ ...ED, alg: "Ed25519" }, payload, "stranger"), "TOKEN_SIGNATURE_REFUSED");
undecided("alg-ed448", byHand({ ...ED, alg: "Ed448" }, payload), "TOKEN_ALG_UNSUPPORTED");
undecided("alg-ed25519-in-lower-case", byHand({ ...ED, alg: "ed25519" }, payload), "TOKEN_ALG_UNSUPPORTED");
refused("kid-of-an-rsa-key-under-eddsa", await byJose({ ...ED, kid: "server-1" }, payload, ed), "TOKEN_KID_ALG");
refused("rsa-key-of-1024-bits", `${base64url({ ...RS, kid: "short" })}.${rsPayload}.${base64url(signBytes("sha256", Buffer.from(`${base64url({ ...RS, kid: "short" })}.${rsPayload}`), shortRsa))}`, "TOKEN_KEY_LENGTH");
// With exponent 1 the padded digest is its own signature.
{
  const signed = `${base64url({ ...RS, kid: "exponent-1" })}.${rsPayload}`;
  const digest = Buffer.concat([Buffer.from("3031300d060960864801650304020105000420", "hex"), createHash("sha256").update(signed).digest()]);
  const padded = Buffer.concat([Buffer.from([0, 1]), Buffer.alloc(256 - 3 - digest.length, 0xff), Buffer.from([0]), digest]);
  refused("rsa-exponent-1-signed-by-anybody", `${signed}.${base64url(padded)}`, "TOKEN_KEY_EXPONENT");
}
refused("rsa-exponent-even", byHand({ ...RS, kid: "exponent-even" }, payload, "rsa"), "TOKEN_KEY_EXPONENT");
refused("rsa-modulus-even", byHand({ ...RS, kid: "modulus-even" }, payload, "rsa"), "TOKEN_KEY_EXPONENT");
// Under the neutral point, R = [S]B is a signature of anything: here S = 0.
refused("ed25519-key-of-small-order-signed-by-anybody", `${base64url({ ...ED, kid: "small-order" })}.${edPayload}.${Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]).toString("base64url")}`, "TOKEN_KEY_WEAK");
undecided("key-of-another-kind", await byJose({ ...RS, kid: "another-curve" }, payload, rsa), "TOKEN_KEY_UNSUPPORTED");
undecided("key-that-is-none", await byJose({ ...RS, kid: "private" }, payload, rsa), "TOKEN_KEY_UNREADABLE");
for (const [name, brought] of Object.entries({
  jku: "https://example.com/keys", jwk: publicOf(KEYS.stranger).export({ format: "jwk" }), x5u: "https://example.com/chain", x5c: ["MIIB"],
})) {
  good(`header-with-its-own-${name}-which-is-ignored`, byHand({ ...ED, [name]: brought }, payload), {}, ["TOKEN_HEADER_KEY_IGNORED"]);
}
// The key in the header is the one that signed: only the list counts.
add("signed-by-the-key-in-its-own-header", byHand({ ...ED, jwk: publicOf(KEYS.stranger).export({ format: "jwk" }) }, payload, "stranger"), "contraindicated", ["TOKEN_HEADER_KEY_IGNORED", "TOKEN_SIGNATURE_REFUSED"]);

// Signatures.
refused("signature-of-another-key", byHand(ED, payload, "stranger"), "TOKEN_SIGNATURE_REFUSED");
refused("payload-changed", `${edHeader}.${base64url({ ...payload, label: "Example Compute, hall 5" })}.${edSignature}`, "TOKEN_SIGNATURE_REFUSED");
refused("header-changed", `${base64url({ ...ED, x: 1 })}.${edPayload}.${edSignature}`, "TOKEN_SIGNATURE_REFUSED");
refused("rsa-payload-changed", `${rsHeader}.${base64url({ ...payload, label: "another" })}.${rsSignature}`, "TOKEN_SIGNATURE_REFUSED");
refused("rsa-sha-512-in-place-of-256", `${rsHeader}.${rsPayload}.${base64url(signBytes("sha512", Buffer.from(`${rsHeader}.${rsPayload}`), createPrivateKey({ key: KEYS.rsa, format: "jwk" })))}`, "TOKEN_SIGNATURE_REFUSED");
refused("signature-empty", `${edHeader}.${edPayload}.`, "TOKEN_SIGNATURE_LENGTH");
refused("signature-of-63-bytes", `${edHeader}.${edPayload}.${Buffer.from(edSignature, "base64url").subarray(0, 63).toString("base64url")}`, "TOKEN_SIGNATURE_LENGTH");
refused("rsa-signature-with-a-zero-before-it", `${rsHeader}.${rsPayload}.${Buffer.concat([Buffer.from([0]), Buffer.from(rsSignature, "base64url")]).toString("base64url")}`, "TOKEN_SIGNATURE_LENGTH");
refused("ed25519-signature-under-rs256", `${rsHeader}.${rsPayload}.${edSignature}`, "TOKEN_SIGNATURE_LENGTH");
refused("ed25519-number-not-reduced", `${edHeader}.${edPayload}.${withOrder(edSignature)}`, "TOKEN_SIGNATURE_NOT_CANONICAL");

// What it says.
await says("quote-hash-missing", without("quote_hash"), "TOKEN_QUOTE_HASH_FORM");
await says("quote-hash-in-upper-case", { ...payload, quote_hash: payload.quote_hash.toUpperCase() }, "TOKEN_QUOTE_HASH_FORM");
await says("quote-hash-cut", { ...payload, quote_hash: payload.quote_hash.slice(0, 16) }, "TOKEN_QUOTE_HASH_FORM");
await says("machine-id-the-beginning-of-one", { ...payload, machine_id: PPID.slice(0, 31) }, "TOKEN_MACHINE_ID_FORM");
await says("machine-id-empty", { ...payload, machine_id: "" }, "TOKEN_MACHINE_ID_FORM");
await says("label-missing", without("label"), "TOKEN_LABEL_MISSING", { outcome: "warning" });
await says("label-that-turns-the-writing-around", { ...payload, label: "hall \u202e4 ecart" }, "TOKEN_LABEL_CHARACTER", { outcome: "warning" });
await says("timestamp-a-text", { ...payload, timestamp: "2025-06-19" }, "TOKEN_TIME_FORM");
await says("timestamp-in-milliseconds", { ...payload, timestamp: MADE * 1000 }, "TOKEN_TIME_FORM");
await says("timestamp-below-zero", { ...payload, timestamp: -1 }, "TOKEN_TIME_FORM");
await says("issued-a-text", { ...payload, iat: `${MADE}` }, "TOKEN_TIME_FORM");
await says("issued-below-zero-by-a-fraction", { ...payload, iat: -0.5 }, "TOKEN_TIME_FORM");
await says("issued-at-a-number-beyond-all-years", { ...payload, iat: 1e300 }, "TOKEN_TIME_FORM");
await says("timestamp-in-the-future", { ...payload, timestamp: AT + 301 }, "TOKEN_FUTURE");
await says("issued-in-the-future", { ...without("timestamp"), iat: AT + 301 }, "TOKEN_FUTURE");
await says("two-times-of-making", { ...payload, iat: MADE + 301 }, "TOKEN_TIMES_DIFFER", { outcome: "warning" });
add("issued-in-the-future-and-asked-for-with-a-past-time", byHand(ED, { ...payload, iat: AT + 301 }), "contraindicated", ["TOKEN_FUTURE", "TOKEN_TIMES_DIFFER", ...LACKS]);
add("asked-for-with-a-future-time", byHand(ED, { ...payload, timestamp: AT + 301, iat: MADE }), "contraindicated", ["TOKEN_FUTURE", "TOKEN_TIMES_DIFFER", ...LACKS]);
await says("valid-from-a-fraction-after-this-second", { ...payload, nbf: AT + 0.5 }, "TOKEN_NOT_YET_VALID");
await says("expired-a-fraction-ago", { ...payload, exp: AT - 0.5 }, "TOKEN_EXPIRED", { lacks: LACKS.slice(1) });
await says("not-valid-yet", { ...payload, nbf: AT + 1 }, "TOKEN_NOT_YET_VALID");
await says("expired-at-this-second", { ...payload, exp: AT }, "TOKEN_EXPIRED", { lacks: LACKS.slice(1) });
add("key-given-up-before", eddsa, "contraindicated", ["TOKEN_KEY_LATE", ...LACKS], { alliance: "given up" });
// Whoever asks for a token chooses its timestamp: a past one brings no key back into use, nor a later one into use early.
add("key-given-up-and-a-timestamp-of-before", byHand(ED, { ...payload, timestamp: MADE - 366 * 86400, iat: MADE }), "contraindicated", ["TOKEN_KEY_LATE", "TOKEN_TIMES_DIFFER", ...LACKS], { alliance: "given up last year" });
add("key-given-up-and-a-timestamp-of-after", byHand(ED, { ...payload, timestamp: MADE, iat: MADE - 366 * 86400 }), "contraindicated", ["TOKEN_KEY_LATE", "TOKEN_TIMES_DIFFER", ...LACKS], { alliance: "given up last year" });
add("key-of-this-year-and-issued-before", byHand(ED, { ...payload, timestamp: MADE, iat: MADE - 366 * 86400 }), "contraindicated", ["TOKEN_KEY_EARLY", "TOKEN_TIMES_DIFFER", ...LACKS], { alliance: "of this year" });
add("key-of-this-year-and-a-timestamp-of-before", byHand(ED, { ...payload, timestamp: MADE - 366 * 86400, iat: MADE }), "contraindicated", ["TOKEN_KEY_EARLY", "TOKEN_TIMES_DIFFER", ...LACKS], { alliance: "of this year" });
add("key-of-later", eddsa, "contraindicated", ["TOKEN_KEY_EARLY", ...LACKS], { alliance: "later" });
add("key-given-up-and-the-token-without-a-time", await byJose(ED, without("timestamp"), ed), "contraindicated", ["TOKEN_KEY_LATE", ...LACKS], { alliance: "given up" });

// The quote.
const aboutQuote = (name, claims, codes, given = {}) => byJose(ED, claims, ed).then((token) => add(name, token, "contraindicated", [...LACKS, ...codes], { quote: "tdx_quote", ...given }));
await aboutQuote("another-quote", { ...payload, quote_hash: "ab".repeat(32) }, ["TOKEN_QUOTE_HASH_DIFFERS", "TOKEN_QUOTE_WARNING"]);
await aboutQuote("another-quote-of-another-machine", payload, ["TOKEN_QUOTE_HASH_DIFFERS", "TOKEN_QUOTE_WARNING", "TOKEN_MACHINE_DIFFERS"], { quote: "sgx_quote" });
await aboutQuote("another-machine", { ...payload, machine_id: PPID.replace("8", "9") }, ["TOKEN_QUOTE_WARNING", "TOKEN_MACHINE_DIFFERS"]);
await aboutQuote("another-machine-by-the-id-of-before-2026", { ...payload, machine_id: SGX_EXTENSIONS.replace("3c", "3d") }, ["TOKEN_QUOTE_WARNING", "TOKEN_MACHINE_DIFFERS"]);
await aboutQuote("another-machine-by-the-charters-key", { ...payload, machine_id: `intel:tdx:ppid:${PPID.replace("8", "9")}` }, ["TOKEN_QUOTE_WARNING", "TOKEN_MACHINE_DIFFERS"]);
await aboutQuote("an-amd-processor-and-an-intel-quote", { ...payload, machine_id: `amd:snp:chipid:${"ab".repeat(64)}` }, ["TOKEN_QUOTE_WARNING", "TOKEN_MACHINE_OF_OTHER_MAKER"]);
await aboutQuote("a-quote-with-a-damaged-signature", { ...payload, quote_hash: sha256(Buffer.from(quote.map((byte, at) => (at === 700 ? byte ^ 1 : byte)))) }, ["TOKEN_QUOTE_REFUSED"], { quote: "tdx_quote damaged" });
good("tee-of-another-kind", await byJose(ED, { ...payload, tee: { type: "sgx" } }, ed), { quote: "tdx_quote" }, [], ["TOKEN_QUOTE_WARNING", "TOKEN_TEE_DIFFERS"]);
good("charters-key-of-another-kind", await byJose(ED, { ...payload, machine_id: `intel:sgx:ppid:${PPID}` }, ed), { quote: "tdx_quote" }, [], ["TOKEN_QUOTE_WARNING", "TOKEN_TEE_DIFFERS"]);
add("a-file-without-a-quote", eddsa, "none", [...LACKS, "TOKEN_QUOTE_UNREADABLE", "TOKEN_QUOTE_UNDECIDED"], { quote: "my notes" });
add("a-quote-without-collateral", eddsa, "none", [...LACKS, "TOKEN_QUOTE_UNDECIDED"], { quote: "tdx_quote without collateral" });

const out = { keys: JSON.stringify(keysJson), alliance: lists, vectors };
export const made = `${JSON.stringify(out, null, 1)}\n`;
if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(made);
