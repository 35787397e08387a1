// The Report and the challenge as text for a terminal.

/**
 * Text that comes from a file someone sent must not steer the terminal: control characters, and those that turn
 * the direction of writing around, are written out instead of sent.
 * @param {string} text
 */
export function printable(text) {
  return text.replace(STEERING, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

// Cc, Cf (which holds the bidirectional controls and zero-width characters), line and paragraph separators,
// and halves of surrogate pairs.
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The value's JSON in one line; what could steer the terminal is escaped, which leaves the value the same. */
export function jsonText(value) {
  const escaped = (character) =>
    Array.from({ length: character.length }, (_, unit) =>
      "\\u" + character.charCodeAt(unit).toString(16).padStart(4, "0")).join("");
  return JSON.stringify(value).replace(STEERING, escaped) + "\n";
}

/** Adds lines to others. A list that is spread as arguments fills the stack when it is long; one that is spread in a list does not. */
function add(lines, more) {
  for (const line of more) lines.push(line);
}

/** Most paths that are listed. */
const MOST_PATHS = 100;

/** The first of many, and how many more there are. */
function someOf(paths) {
  const more = paths.length - MOST_PATHS;
  return more <= 0 ? paths : [...paths.slice(0, MOST_PATHS), `and ${more} more`];
}

const CANNOT_PROVE =
  "A quote proves that a key certified for this PPID signed the challenge; not where the machine is, who owns it, " +
  "or that the machine on screen made it.";

/** @param {import("./index.d.ts").Report} report */
export function reportText(report) {
  const lines = [
    report.headline, report.summary, "", ...report.checks.flatMap(checkLines),
    "", ...identityLines(report.identity), "", `What this cannot prove: ${CANNOT_PROVE}`,
  ];
  return lines.map(printable).join("\n") + "\n";
}

/** One of many files in a line: verdict, machine, file, and the code of the weightiest row that is not passed. */
export function manyText({ file, report, error }) {
  if (report === undefined) return printable(`${"unreadable".padEnd(16)} ${"".padEnd(32)}  ${file}  ${error}`) + "\n";
  const open = ["fail", "warn"].flatMap((outcome) => report.checks.filter((check) => check.outcome === outcome));
  const code = open[0]?.code ?? "";
  return printable(`${report.verdict.padEnd(16)} ${(report.identity?.ppid ?? "-").padEnd(32)}  ${file}  ${code}`.trimEnd()) + "\n";
}

/** How many of each. */
export function countsText(counts) {
  const words = [...counts].map(([word, count]) => `${count} ${word}`);
  return `${words.length === 0 ? "No file." : words.join(", ")}\n`;
}

/** A row, and what to do next. */
function checkLines(check) {
  const code = check.code === null ? "" : ` [${check.code}]`;
  const place = check.place ?? null;
  const where = place === null ? "" : ` (${place})`;
  const row = `${check.outcome.replace("_", " ").padEnd(11)}  ${check.id.padEnd(18)}  ${check.detail}${where}${code}`;
  return check.advice === null ? [row] : [row, `${" ".repeat(33)}Next: ${check.advice}`];
}

/**
 * @param {import("./index.d.ts").CeremonyReport} report
 * @param {{ isToday: boolean }} asked  whether today's collateral was given: the record's own says little of today
 */
export function ceremonyText(report, { isToday }) {
  const lines = [report.headline, report.summary, "", "The record", ...report.checks.flatMap(checkLines)];
  if (report.entered !== null) {
    lines.push("", "Participants");
    report.entered.participants.forEach((participant, index) => {
      const signature = report.signatures.find((view) => view.participant === index && view.verified);
      const words = signature === undefined ? "not signed" : `signed with ${signature.keyid}`;
      lines.push(`  ${participant.role.padEnd(8)} ${participant.name}, ${participant.project}: ${words}`);
    });
  }
  for (const { addendum, verified } of report.addenda) {
    const said = addendum === null ? "cannot be read" : (addendum.recording ?? addendum.note ?? "nothing");
    lines.push(`  added later, ${verified ? "signed" : "NOT to be relied on"}: ${said}`);
  }
  if (report.report !== null) {
    add(lines, ["", `Its evidence: ${report.report.headline}`, ...report.report.checks.flatMap(checkLines)]);
    add(lines, ["", ...identityLines(report.report.identity)]);
  }
  if (report.colocation !== null) add(lines, ["", "Its evidence of colocation", ...report.colocation.items.flatMap(itemLines)]);
  if (report.trust !== null) add(lines, ["", ...trustLines(report.trust)]);
  for (const { detail, advice } of report.today?.before_signing ?? []) lines.push("", `Before signing: ${detail} ${advice}`);
  if (report.today !== null && isToday) {
    const { summary, differences } = report.today;
    lines.push("", `The hardware today: ${summary}`);
    for (const { place, recorded, found } of differences) lines.push(`  ${place}: then ${recorded}, now ${found}`);
  }
  if (report.today?.registry != null) add(lines, ["", "The machine in today's lists", ...checkLines(report.today.registry)]);
  lines.push("", `What this cannot prove: ${CANNOT_PROVE}`);
  return lines.map(printable).join("\n") + "\n";
}

/** @param {import("./index.d.ts").ColocationReport} report */
export function colocationText(report) {
  const lines = [`As of ${report.at_rfc3339}, about ${report.machine ?? "no machine that was named"}`];
  add(lines, [...report.items.flatMap(itemLines), "", ...trustLines(report.trust)]);
  return lines.map(printable).join("\n") + "\n";
}

function itemLines(item, index) {
  const counts = item.counts ? "counts" : "does NOT count";
  return [
    "", `${index + 1}. ${item.kind.replaceAll("_", " ")}: ${counts}`,
    ...item.checks.flatMap(checkLines),
    `  ${item.how_far}`,
    ...item.ties.map(({ line, before, tie, after }) => `  Tied by ${line === null ? "" : `line ${line} of the text: `}${before}>>>${tie}<<<${after}`),
    ...item.facts.map(({ label, value }) => `  ${label}: ${value.replaceAll("\n", " / ")}`),
  ];
}

/** @param {import("./index.d.ts").TrustTable} table */
function trustLines(table) {
  const row = (name, words) => `  ${name.padEnd(50)}${words.map((word) => word.padEnd(23)).join("")}`.trimEnd();
  return [
    "What it is worth against an attack by", row("", table.strongest.map(({ attacker_words: words }) => words)),
    ...table.rows.flatMap(({ name, cells, comment, why }) => [
      row(name, cells.map(({ words }) => words)), `    ${why}${comment === "" ? "" : ` (${comment})`}`,
    ]),
    row("strongest", table.strongest.map(({ words }) => words)),
  ];
}

/** @param {import("./index.d.ts").TokenReport} report */
export function tokenText(report) {
  const lines = [report.headline, report.summary, "", "The token", ...report.checks.flatMap(checkLines)];
  for (const { detail } of report.checks.flatMap(({ findings }) => findings.slice(1))) lines.push(`  also: ${detail}`);
  if (report.token !== null) {
    const { signed, key, claims, machine_id_scheme: scheme, age_seconds: age } = report.token;
    lines.push("", signed ? "What it says, signed" : "What it says, signed by nobody that is known");
    for (const { name, value } of claims) lines.push(`  ${name.padEnd(16)} ${value.slice(0, 200)}`);
    if (scheme !== null) lines.push(`  ${"scheme of the id".padEnd(16)} ${scheme}`);
    if (age !== null) lines.push(`  ${"age in minutes".padEnd(16)} ${Math.floor(age / 60)}`);
    if (key !== null) lines.push(`  ${"key".padEnd(16)} ${key.kind}, from ${key.list}${key.source === null ? "" : ` (${key.source})`}`);
  }
  if (report.report !== null) add(lines, ["", `The quote: ${report.report.headline}`, ...identityLines(report.report.identity)]);
  return lines.map(printable).join("\n") + "\n";
}

/** @param {import("./index.d.ts").EnrolmentReport} report */
export function enrolmentText(report) {
  const lines = [report.headline, report.summary, "", ...report.checks.flatMap(checkLines)];
  if (report.proposal !== null) {
    lines.push("", `Machine: ${groups(report.proposal.ppid)}`, `Label: ${report.proposal.label}`);
    lines.push(`Recording: ${report.proposal.recording}`);
  }
  if (report.touched.length > 0) add(lines, ["", "Files that change", ...someOf(report.touched).map((path) => `  - ${path}`)]);
  if (report.record !== null) {
    add(lines, ["", `The record: ${report.record.headline}`, report.record.summary, ...report.record.checks.flatMap(checkLines)]);
  }
  return lines.map(printable).join("\n") + "\n";
}

/**
 * The same for a pull request's summary. Text of the change stands there as text: no mark of it is Markdown's or HTML's.
 * @param {import("./index.d.ts").EnrolmentReport} report
 */
export function enrolmentMarkdown(report) {
  const text = (words) =>
    printable(words).replace(/[^\p{L}\p{N} .,;:'/?=-]/gu, (mark) => `&#${mark.codePointAt(0)};`).replaceAll("::", ":&#58;").replaceAll("://", ":&#47;/");
  const table = (checks) => [
    "| | check | found | next |", "|---|---|---|---|",
    ...checks.map(({ outcome, id, detail, code, advice }) =>
      `| ${outcome.replace("_", " ")} | ${text(id)} | ${text(detail)}${code === null ? "" : ` (${text(code)})`} | ${text(advice ?? "")} |`),
  ];
  const lines = [`## ${text(report.headline)}`, "", text(report.summary), "", ...table(report.checks)];
  if (report.proposal !== null) {
    const { ppid, label, recording } = report.proposal;
    lines.push("", `Machine ${text(ppid)}, ${text(label)}; recording: <${recording}>`);
  }
  if (report.touched.length > 0) add(lines, ["", "Files that change:", "", ...someOf(report.touched).map((path) => `- ${text(path)}`)]);
  if (report.record !== null) {
    add(lines, ["", `### The record: ${text(report.record.headline)}`, "", text(report.record.summary), "", ...table(report.record.checks)]);
  }
  return lines.join("\n") + "\n";
}

/** @param {import("./index.d.ts").Enrolment} enrolment */
export function proposalText(enrolment, { folder, patch }) {
  const lines = [
    `Proposed: ${groups(enrolment.ppid)}`, `Label: ${enrolment.label}`, `Recording: ${enrolment.recording}`,
    `The record: ${enrolment.verdict}. ${enrolment.summary}`, "",
  ];
  if (patch !== undefined) lines.push(`The patch is in ${patch}. In a checkout of the registry: git am ${patch}`);
  else {
    add(lines, [`Written in ${folder}:`, ...[enrolment.list_path, enrolment.entry_path, enrolment.record_path].map((path) => `  ${path}`)]);
    lines.push("Commit these three and nothing else, and open a pull request with this title and text:");
  }
  add(lines, ["", enrolment.title, "", ...enrolment.text.split("\n")]);
  return lines.map(printable).join("\n") + "\n";
}

/** @param {import("./index.d.ts").Identity | null} identity */
function identityLines(identity) {
  if (identity === null) return ["Machine: not authenticated, so none is named."];
  const rows = [
    ["PPID", groups(identity.ppid)],
    ...identity.machine_ids.map(({ scheme, id }) => [`machine id, ${scheme}`, id]),
    ["PCE ID", identity.pce_id],
    ["FMSPC", identity.fmspc],
    ["PCK CA", identity.pck_ca],
    ["platform instance ID", identity.platform_instance_id ?? "none"],
  ];
  return ["Machine", ...rows.map(([label, value]) => `  ${label.padEnd(34)}${value}`)];
}

const groups = (hex) => hex.match(/.{1,4}/g)?.join(" ") ?? "";

/** @param {import("./index.d.ts").Challenge} challenge */
export function challengeText(challenge) {
  const lines = [
    challenge.hex,
    "",
    `To read out: ${challenge.groups.join(" ")}`,
    `Checksum:    ${challenge.checksum} (both sides compare these four digits)`,
  ];
  if (challenge.hex.length < 32) lines.push("Fewer than 16 bytes can be precomputed: the verdict will be a warning.");
  return lines.map(printable).join("\n") + "\n";
}
