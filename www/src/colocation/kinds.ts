// The kinds of evidence: what is asked for each, and how what was typed becomes what the verifier takes.

import type { Reader, Values } from "./reader";

export const KINDS = [
  "owner_claim", "hosting_video", "hosting_mail", "notification_pledge", "provider_pledge", "addresses", "heartbeat", "beacon",
] as const;

export type Kind = (typeof KINDS)[number];

export type Role = "statement" | "signature" | "certificate" | "mail" | "document" | "log" | "prefixes";

export interface FieldSpec {
  name: string;
  label: string;
  hint?: string;
  as?: "line" | "text" | "code" | "choice";
  choices?: readonly { value: string; label: string }[];
  /** Not asked otherwise. */
  when?: (values: Values) => boolean;
}

export interface FileSpec {
  role: Role;
  label: string;
  hint?: string;
  isMany?: boolean;
  when?: (values: Values) => boolean;
}

/** Things of which there may be several, each with a file of its own where the kind asks for one. */
export interface ListSpec {
  name: string;
  title: string;
  one: string;
  fields: readonly FieldSpec[];
  file?: FileSpec;
}

export interface KindSpec {
  title: string;
  about: string;
  /** The text that one can start from. */
  template?: string;
  fields: readonly FieldSpec[];
  lists?: readonly ListSpec[];
  files: readonly FileSpec[];
  /** Without the field `kind`. */
  entered: (read: Reader) => object;
}

const TIME_HINT = "UTC, for example 2026-01-31 14:03:22";

const MAIL: readonly FieldSpec[] = [
  { name: "domain", label: "The data centre's domain", hint: "For example example.com. The mail's signature must be of this domain." },
  { name: "domain_source", label: "How is the domain known to be the data centre's?" },
  { name: "key_record", label: "DKIM key record", as: "code", hint: "v=DKIM1; k=rsa; p=… as it stood in DNS. This page asks nobody: it is not looked up here." },
  { name: "key_record_source", label: "Who looked the record up, where and when?", hint: "For example: dig TXT s1._domainkey.example.com, by Ada, on 2026-01-31." },
];

const mailOf = (read: Reader) => ({
  domain: read.line("domain"), domain_source: read.line("domain_source"),
  key_record: read.line("key_record"), key_record_source: read.line("key_record_source"),
});

const byMail = (values: Values) => values["by"] !== "signature";
const bySignature = (values: Values) => values["by"] === "signature";

const PLEDGE: Pick<KindSpec, "fields" | "files" | "entered"> = {
  fields: [
    { name: "data_centre", label: "Data centre" },
    { name: "signatory", label: "Who signed the pledge?" },
    { name: "signatory_role", label: "What are they there?", hint: "For example: head of operations." },
    {
      name: "by", label: "What ties them to the document?", as: "choice",
      choices: [{ value: "mail", label: "A mail of the data centre's, about this document" }, { value: "signature", label: "A signature over the document" }],
    },
    ...MAIL.map((field) => ({ ...field, when: byMail })),
    { name: "key", label: "The signatory's public key", as: "code", hint: "ssh-ed25519 AAAA…", when: bySignature },
    { name: "key_source", label: "How is the key known to be theirs?", when: bySignature },
  ],
  files: [
    { role: "document", label: "the pledge" },
    { role: "mail", label: "the mail (.eml)", hint: "It must name the document's SHA-256, or attach it.", when: byMail },
    { role: "signature", label: "the signature", hint: "ssh-keygen -Y sign -n colocation@cloud-witness", when: bySignature },
  ],
  entered: (read) => ({
    data_centre: read.line("data_centre"), signatory: read.line("signatory"), signatory_role: read.line("signatory_role"),
    confirmed_by: bySignature(read.values)
      ? { by: "signature", key: read.line("key"), key_source: read.line("key_source") }
      : { by: "mail", ...mailOf(read) },
  }),
};

export const SPECS: Readonly<Record<Kind, KindSpec>> = {
  owner_claim: {
    title: "Claim by the server's owner",
    about: "The owner signs a statement about the machine, with audit certificates if there are any.",
    template: "owner_claim",
    fields: [
      { name: "owner", label: "Who owns the machine?" },
      { name: "key", label: "The owner's public key", as: "code", hint: "ssh-ed25519 AAAA…" },
      { name: "key_source", label: "How is the key known to be the owner's?" },
    ],
    lists: [{
      name: "certificates", title: "Audit certificates", one: "certificate",
      fields: [
        { name: "standard", label: "Standard", hint: "For example SOC 2 Type II, or ISO/IEC 27001:2022." },
        { name: "issuer", label: "Issued by" },
        { name: "scope", label: "What it covers" },
        { name: "valid_from", label: "Valid from", hint: TIME_HINT },
        { name: "valid_to", label: "Valid until", hint: TIME_HINT },
      ],
      file: { role: "certificate", label: "the certificate" },
    }],
    files: [
      { role: "statement", label: "the statement" },
      { role: "signature", label: "its signature", hint: "ssh-keygen -Y sign -n colocation@cloud-witness" },
    ],
    entered: (read) => ({
      owner: read.line("owner"), key: read.line("key"), key_source: read.line("key_source"),
      certificates: read.rows("certificates").map((row) => ({
        standard: row.line("standard"), issuer: row.line("issuer"), scope: row.line("scope"),
        valid_from: row.time("valid_from"), valid_to: row.time("valid_to"),
      })),
    }),
  },
  hosting_video: {
    title: "Proof of hosting: a video",
    about: "A video that shows the machine in the data centre. It stays where it is; its hash says which one it was.",
    fields: [
      { name: "data_centre", label: "Data centre" },
      { name: "sha256", label: "SHA-256 of the video's file", as: "code", hint: "As sha256sum prints it." },
      { name: "link", label: "Link to the video, if there is one", hint: "https://…" },
      { name: "seconds", label: "Its length in seconds" },
      { name: "recorded_at", label: "Recorded at", hint: TIME_HINT },
      { name: "seen", label: "What is seen on it?", as: "text" },
      { name: "watched_by", label: "Who watched it from start to end?", as: "text", hint: "One name a line." },
    ],
    files: [],
    entered: (read) => ({
      data_centre: read.line("data_centre"), sha256: read.line("sha256"), link: read.orNull("link"),
      seconds: read.count("seconds"), recorded_at: read.time("recorded_at"), seen: read.line("seen"), watched_by: read.lines("watched_by"),
    }),
  },
  hosting_mail: {
    title: "Proof of hosting: the data centre's e-mail",
    about: "A mail in which the data centre says that it hosts the machine. Its DKIM signature is checked.",
    fields: [{ name: "data_centre", label: "Data centre" }, ...MAIL],
    files: [{ role: "mail", label: "the mail (.eml)", hint: "Saved as it was received, with all its headers." }],
    entered: (read) => ({ data_centre: read.line("data_centre"), mail: mailOf(read) }),
  },
  notification_pledge: {
    title: "Data centre's pledge of notification",
    about: "The data centre pledges to tell when anybody has access to the machine.",
    template: "notification_pledge",
    ...PLEDGE,
  },
  provider_pledge: {
    title: "Colocation Provider Pledge",
    about: "The pledge of one who provides machines in colocation.",
    template: "provider_pledge",
    ...PLEDGE,
  },
  addresses: {
    title: "Addresses in the data centre's range",
    about: "IP addresses that were seen, each way, against the data centre's prefixes. A range is not a location.",
    fields: [
      { name: "data_centre", label: "Data centre" },
      { name: "prefixes_source", label: "How are the prefixes known to be the data centre's?" },
      { name: "holder", label: "The data centre's opaque id in a RIR's file", hint: "The last field of its records. Leave it empty for a plain list." },
    ],
    lists: [{
      name: "seen", title: "Addresses that were seen", one: "address",
      fields: [
        { name: "address", label: "Address", as: "code", hint: "IPv4 or IPv6." },
        {
          name: "direction", label: "Which way?", as: "choice",
          choices: [{ value: "inbound", label: "Inbound: to the machine" }, { value: "outbound", label: "Outbound: from the machine" }],
        },
        { name: "seen_by", label: "Who saw it, and how?" },
        { name: "seen_at", label: "When?", hint: TIME_HINT },
      ],
    }],
    files: [{
      role: "prefixes", label: "a list of prefixes", isMany: true,
      hint: "A RIR's delegated-statistics file (delegated-ripencc-extended-latest, say), or a text with one prefix a line.",
    }],
    entered: (read) => ({
      data_centre: read.line("data_centre"), prefixes_source: read.line("prefixes_source"), holder: read.orNull("holder"),
      seen: read.rows("seen").map((row) => ({
        address: row.line("address"), direction: row.values["direction"] === "outbound" ? "outbound" : "inbound",
        seen_by: row.line("seen_by"), seen_at: row.time("seen_at"),
      })),
    }),
  },
  heartbeat: {
    title: "PSU heartbeat",
    about: "A log of the machine's management controller, polled and signed by cloud-witness-heartbeat.",
    fields: [
      { name: "key", label: "The recorder's public key", as: "code", hint: "ssh-ed25519 AAAA… as the recorder prints it." },
      { name: "key_source", label: "How is the key known, and who runs the recorder?" },
      { name: "max_gap", label: "Longest silence that is no gap, in seconds", hint: "As the owner declared it, for example 60." },
      { name: "from", label: "The log must cover from", hint: TIME_HINT },
      { name: "to", label: "Until", hint: TIME_HINT },
    ],
    files: [{ role: "log", label: "the log (.jsonl)" }],
    entered: (read) => ({
      key: read.line("key"), key_source: read.line("key_source"), max_gap: read.count("max_gap"), from: read.time("from"), to: read.time("to"),
    }),
  },
  beacon: {
    title: "Hardware beacon",
    about: "Work in progress: what was noted is kept, and proves nothing yet.",
    fields: [{ name: "description", label: "What is it, and where does it sit?", as: "text" }],
    lists: [{
      name: "hashes", title: "What was noted", one: "hash",
      fields: [{ name: "what", label: "Of what?" }, { name: "sha256", label: "SHA-256", as: "code" }],
    }],
    files: [],
    entered: (read) => ({
      description: read.line("description"), hashes: read.rows("hashes").map((row) => ({ what: row.line("what"), sha256: row.line("sha256") })),
    }),
  },
};
