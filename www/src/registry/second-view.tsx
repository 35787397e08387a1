// A machine's way into the registry, second hand: before another witness merges what one proposed.

import type { EnrolmentCheck, EnrolmentCheckId, EnrolmentReport } from "cloud-witness";
import { useLayoutEffect, useRef } from "preact/hooks";
import { listText } from "../attesters/store";
import { signersText } from "../keys/store";
import { OUTCOMES, VERDICT_ICONS } from "../report/words";
import { FilePicker } from "../ui/file";
import { Icon } from "../ui/icon";
import { Words } from "../ui/words";
import { engine } from "../verifier/engine";
import { address } from "../views";
import { baseKnown, checkPatch, ownRecord, patch, second, type File } from "./propose";
import { knownFile, lists } from "./store";

export function SecondView() {
  void lists.known.value;
  return (
    <div class="second-view">
      <h1>Second witness</h1>
      <p class="lead">
        Before you merge what another witness proposed: does the patch add this machine, by this record, and nothing else?
      </p>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        void checkPatch();
      }}>
        <Given id="field-patch" title="The patch" hint="The file that ends in .patch; for a pull request, its address with .patch behind." file={patch.value} label="Choose the patch" onFile={(file) => (patch.value = file)} />
        <Given id="field-own-record" title="Your own copy of the record" hint="ceremony.dsse.json as you have it from the call, not from the pull request." file={ownRecord.value} label="Choose the record" onFile={(file) => (ownRecord.value = file)} />
        <Given id="field-base-known" title="The registry's known.csv as it is now" hint="From the branch that you merge into. Without it nobody can say whether the patch fits, or the machine is new." file={baseKnown.value ?? knownFile()} label="Choose known.csv" onFile={(file) => (baseKnown.value = file)} />
        <p class="hint">
          Beside these, your own lists count: {signersText.value === "" ? <>no <a href={address("keys")}>signers</a></> : <a href={address("keys")}>your signers</a>},{" "}
          {listText.value === "" ? <>no <a href={address("attesters")}>attester builds</a></> : <a href={address("attesters")}>your attester builds</a>},{" "}
          {lists.revoked.value === null ? <>no <a href={address("registry")}>revoked list</a></> : <a href={address("registry")}>your revoked list</a>}. Take them from the registry's main branch.
        </p>
        <button type="submit" class="button-primary" disabled={engine.value !== "ready"}>Check the patch</button>
      </form>
      <Answered />
    </div>
  );
}

function Given({ id, title, hint, file, label, onFile }: { id: string; title: string; hint: string; file: File | null; label: string; onFile: (file: File | null) => void }) {
  return (
    <section class="panel" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      <p class="hint">{hint}</p>
      {file !== null && <p><bdi class="document-name">{file.name}</bdi>, {file.bytes.length.toLocaleString("en")} bytes</p>}
      <FilePicker id={id} label={label} onFile={(chosen) => onFile(chosen)} />
    </section>
  );
}

function Answered() {
  const now = second.value;
  if (now === null) return null;
  if (now.state === "checking") return <p class="checking">Checking…</p>;
  if (now.state === "refused") return <section class="verdict" data-refused><h2>Not done</h2><p role="alert">{now.message}</p></section>;
  return <Checked report={now.report} />;
}

/** What each row asks; "pass" always means yes. */
const QUESTIONS: Readonly<Record<EnrolmentCheckId, string>> = {
  "patch.format": "Is it a patch that git reads as this page does?",
  "patch.applies": "Does it fit the registry as it is?",
  "patch.files": "Does it add an entry, a record and a line, and nothing else?",
  "record.same": "Is its record the one that you have?",
  record: "Does that record hold?",
  witnesses: "Did witnesses of two other projects sign it?",
  entry: "Is the entry the one that the record gives?",
  list: "Is the line the one that the record gives?",
  "machine.new": "Is the machine not on the list yet?",
  "machine.revoked": "Is the machine not revoked?",
};

function Checked({ report }: { report: EnrolmentReport }) {
  const top = useRef<HTMLElement>(null);
  useLayoutEffect(() => top.current?.scrollIntoView({ block: "start" }), [report]);
  return (
    <article class="report" data-time="now">
      <section ref={top} class="verdict" data-verdict={report.verdict} data-time="now" aria-labelledby="second-headline">
        <p class="verdict-label">The patch's verdict</p>
        <h2 id="second-headline"><Icon name={VERDICT_ICONS[report.verdict]} /> {report.headline}</h2>
        <p class="verdict-summary"><Words text={report.summary} /></p>
      </section>
      {report.proposal !== null && (
        <section class="panel" aria-labelledby="second-proposal-title">
          <h2 id="second-proposal-title">What the record gives</h2>
          <dl class="facts">
            <div><dt>Line</dt><dd><bdi class="code">{report.proposal.line}</bdi></dd></div>
            <div><dt>Charter key</dt><dd class="code">{report.proposal.charter_key}</dd></div>
            <div><dt>Recording</dt><dd><bdi>{report.proposal.recording}</bdi></dd></div>
            <div><dt>Files that the patch touches</dt><dd><div>{report.touched.length === 0 ? "none" : report.touched.map((path) => <div key={path}><bdi class="code">{path}</bdi></div>)}</div></dd></div>
          </dl>
        </section>
      )}
      <section class="checks" aria-labelledby="second-checks-title">
        <h2 id="second-checks-title">What was checked</h2>
        <p class="hint" data-not-checked>
          Not checked here: whether another record of the registry has the same challenge. For that all its records are needed; the
          registry's own check of a pull request has them, and so has <code>cloud-witness registry check</code>.
        </p>
        <ul class="plain">{report.checks.map((check) => <Row key={check.id} check={check} />)}</ul>
      </section>
    </article>
  );
}

function Row({ check }: { check: EnrolmentCheck }) {
  const { word, icon } = OUTCOMES[check.outcome];
  return (
    <li class="row" data-second-check={check.id} data-outcome={check.outcome} data-code={check.code ?? undefined}>
      <div class="row-head">
        <h3>{QUESTIONS[check.id]} <code class="row-id">{check.id}</code></h3>
        <span class="row-outcome"><Icon name={icon} /> {word}</span>
      </div>
      <p class="row-detail"><Words text={check.detail} /></p>
      {check.advice !== null && <p class="row-advice"><span class="label">What to do:</span> <Words text={check.advice} /></p>}
      {check.findings.length > 1 && (
        <ul class="findings">
          {check.findings.slice(1).map((finding, index) => (
            <li key={index} data-outcome={finding.outcome}>{OUTCOMES[finding.outcome].word}: <Words text={finding.detail} /> <code>{finding.code}</code></li>
          ))}
        </ul>
      )}
      {check.code !== null && <p class="row-code"><code>{check.code}</code></p>}
    </li>
  );
}
