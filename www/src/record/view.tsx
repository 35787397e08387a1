// A ceremony's record, opened: everything in it is checked, and the evidence appraised again.

import type { CeremonyCheck, CeremonyReport, Check, ColocationItemReport, Difference, Entered, Outcome, SignatureView } from "cloud-witness";
import { Findings } from "../ceremony/findings";
import { SPECS } from "../colocation/kinds";
import { ItemResult } from "../colocation/result";
import { Trust } from "../colocation/trust";
import { LoadedLists } from "../registry/loaded";
import { Identity } from "../report/identity";
import { Meaning } from "../report/meaning";
import { ReportView } from "../report/result";
import { Verdict } from "../report/verdict";
import { OUTCOMES, VERDICT_ICONS } from "../report/words";
import { formatUtc } from "../time";
import { Failed } from "../ui/failed";
import { FilePicker } from "../ui/file";
import { Folded } from "../ui/folded";
import { Hex } from "../ui/hex";
import { isKept, whereKept } from "../ui/kept";
import { Icon } from "../ui/icon";
import { saveFile } from "../ui/save";
import { Words } from "../ui/words";
import { Sign } from "./sign";
import { bringBack, closeRecord, earlierRecord, giveBeside, merge, opened, openFile, recordText } from "./store";
import { address } from "../views";
import { CEREMONY_QUESTIONS } from "./words";

export function RecordView() {
  const now = opened.value;
  return (
    <div class="record-view">
      <h1>Open a record</h1>
      {now === null && (
        <>
          <p class="lead">The file <code>ceremony.dsse.json</code> that a ceremony left behind. Everything in it is checked again here, from the machine's own evidence: nothing is believed because it stands in the file.</p>
          <FilePicker id="field-record" label="Choose a record" onFile={({ bytes }) => openFile(bytes)} />
          {earlierRecord.value !== "" && <p><button type="button" onClick={bringBack}>Bring back the record that was open before</button></p>}
        </>
      )}
      {now?.state === "opening" && <p class="checking">Opening…</p>}
      {now?.state === "failed" && <Failed message={now.message} onAgain={now.onAgain} />}
      {now !== null && now.state !== "opening" && <Actions report={now.state === "opened" ? now.report : null} isOld={now.state === "opened" && now.isOld} />}
      {recordText.value !== "" && !isKept(recordText) && <p class="problem">{whereKept(recordText, "The record is", "save the record before you close the tab")}</p>}
      {now?.state === "opened" && <Opened report={now.report} isOld={now.isOld} />}
    </div>
  );
}

function Actions({ report, isOld }: { report: CeremonyReport | null; isOld: boolean }) {
  /** What would be saved is not what is shown. The button stays, as one that is disabled would lose the focus. */
  const save = () => {
    if (!isOld) saveFile("ceremony.dsse.json", recordText.peek());
  };
  return (
    <div class="after-verdict">
      {report?.payload_sha256 != null && (
        <>
          <button type="button" aria-disabled={isOld} onClick={save}>Save the record</button>
          <button type="button" onClick={() => window.print()}>Print</button>
        </>
      )}
      <button type="button" onClick={close}>Close and open another</button>
    </div>
  );
}

function close(): void {
  closeRecord();
  document.getElementById("main")?.focus();
}

function Opened({ report, isOld }: { report: CeremonyReport; isOld: boolean }) {
  return (
    <article class="report" data-time="as_of" aria-busy={isOld}>
      <section class="verdict" data-verdict={report.verdict} data-time="as_of" aria-labelledby="record-headline">
        <p class="verdict-label">The record's verdict</p>
        <h2 id="record-headline"><Icon name={VERDICT_ICONS[report.verdict]} /> {report.headline}</h2>
        <p class="verdict-summary"><Words text={report.summary} /></p>
        {report.at_rfc3339 !== null && <p class="verdict-time"><Icon name="clock" /> About {report.at_rfc3339.replace("T", " ").replace("Z", " UTC")}, when the file was received.</p>}
        {isOld && <p role="status">Checking again…</p>}
        <OpenRows checks={report.checks} />
        {report.today !== null && <Changed today={report.today} />}
      </section>
      {report.report?.identity != null && <Identity identity={report.report.identity} verdict={report.report.verdict} />}
      {report.entered !== null && <Story report={report} />}
      {report.report !== null && (
        <section aria-labelledby="evidence-title" class="evidence-verdict">
          <h2 id="evidence-title">What its evidence proves</h2>
          <Verdict report={report.report} isLinked={false} />
          <Meaning />
        </section>
      )}
      {report.colocation !== null && <Colocated items={report.colocation.items} />}
      {report.trust !== null && holds(report) && <Trust table={report.trust} />}
      {report.entered !== null && <Signatures report={report} />}
      {report.signable ? <Sign report={report} isOld={isOld} /> : report.payload_sha256 !== null && (
        <section class="no-print"><h2>Signing</h2><p>This record can't be signed: a check above failed, or what it says differs from what its evidence gives.</p></section>
      )}
      {(report.verdict === "affirming" || report.verdict === "warning") && (
        <section class="no-print" aria-labelledby="enrol-title">
          <h2 id="enrol-title">Into the registry</h2>
          <p>Once all have signed and the recording has its link, one witness <a href={address("enrol")}>proposes the machine</a>, and another checks and merges that.</p>
        </section>
      )}
      {report.payload_sha256 !== null && (
        <section aria-labelledby="merge-title" class="no-print">
          <h2 id="merge-title">Merge what comes back</h2>
          <p class="hint">A participant opens this file, signs it, and sends their copy back. What they signed is added here.</p>
          <FilePicker id="field-merge" label="Choose their copy" onFile={({ bytes }) => merge(bytes, report.payload_sha256)} />
        </section>
      )}
      {report.differences.length > 0 && <Differences title="Where the Report inside differs" differences={report.differences} />}
      <Rows checks={report.checks} />
      {report.today !== null && (
        <section aria-labelledby="today-title" class="today" data-today={report.today.report.verdict}>
          <h2 id="today-title">What is known today</h2>
          <p><Words text={report.today.summary} /></p>
          {report.today.differences.length > 0 && <Differences title="What changed since" differences={report.today.differences} />}
          {report.today.registry !== null && <InLists row={report.today.registry} />}
          <LoadedLists />
          <p class="hint">The same evidence, and your lists, on {formatUtc(report.today.report.at)}; the challenge is not asked again. It changes nothing of what was true then.</p>
        </section>
      )}
      {report.report !== null && (
        <section class="no-print">
          <Folded summary={<h2>The appraisal of the evidence, check by check</h2>}>
            {() => report.report !== null && <ReportView report={report.report} isFromRecord />}
          </Folded>
        </section>
      )}
    </article>
  );
}

function InLists({ row: { outcome, code, detail, advice } }: { row: Check }) {
  return (
    <p data-today-registry={code ?? outcome}>
      <Icon name={OUTCOMES[outcome].icon} /> The machine in your lists: {OUTCOMES[outcome].word}. <Words text={detail} /> <Words text={advice ?? ""} />
    </p>
  );
}

/** What speaks against the machine today stands at the top, as what is said there is about then. */
function Changed({ today: { report, registry, summary, differences } }: { today: NonNullable<CeremonyReport["today"]> }) {
  const said = [];
  if (report.verdict === "contraindicated" || report.verdict === "none") said.push(`the same evidence gives ${report.headline}.`);
  // That collateral has aged, or is another's, says nothing of the machine.
  else if (differences.some(({ place }) => !place.startsWith("checks.collateral."))) said.push(summary);
  if (registry?.outcome === "fail") said.push(registry.detail);
  if (said.length === 0) return null;
  return <p class="verdict-time">Today: <Words text={said.join(" ")} /> <a href="#today-title">What is known today</a></p>;
}

/** Of any other record the table says nothing yet. */
function holds({ verdict }: CeremonyReport): boolean {
  return verdict === "affirming" || verdict === "warning";
}

function OpenRows({ checks }: { checks: readonly CeremonyCheck[] }) {
  const rowsThat = (wanted: Outcome) => checks.filter(({ outcome }) => outcome === wanted);
  // Unknown keys and builds cap the verdict, so these rows say something even when nothing was given.
  const unknown = rowsThat("not_given").filter(({ id }) => id === "signers" || id === "attester");
  const open = [...rowsThat("fail"), ...rowsThat("warn"), ...unknown];
  if (open.length === 0) return null;
  return (
    <ul class="attention">
      {open.map(({ id, outcome }) => (
        <li key={id} data-outcome={outcome}>
          <Icon name={OUTCOMES[outcome].icon} />
          <span>{OUTCOMES[outcome].word}: <a href={`#record-${id}`}>{CEREMONY_QUESTIONS[id]}</a></span>
        </li>
      ))}
    </ul>
  );
}

/** Who signed, and who has not yet. */
function Signatures({ report }: { report: CeremonyReport }) {
  const participants = report.entered?.participants ?? [];
  const strangers = report.signatures.filter(({ verified }) => !verified);
  return (
    <section aria-labelledby="signatures-title">
      <h2 id="signatures-title">Who signed</h2>
      <ul class="plain">
        {participants.map(({ name, project, role }, index) => {
          const signature = report.signatures.find(({ participant, verified }) => verified && participant === index);
          return (
            <li class="row" key={index} data-signer={index} data-outcome={signature === undefined ? "not_given" : "pass"}>
              <div class="row-head">
                <span><strong>{name}</strong> of {project}, {role === "prover" ? "the prover" : "a witness"}</span>
                <span class="row-outcome"><Icon name={signature === undefined ? "dash" : "check"} /> {signature === undefined ? "Not yet" : "Signed"}</span>
              </div>
              {signature !== undefined && <p class="hint"><code>{signature.keyid}</code>{signature.form === "sshsig" ? ", by ssh-keygen" : ", in a browser"}</p>}
            </li>
          );
        })}
        {strangers.map((signature, index) => (
          <li class="row" key={`bad ${index}`} data-outcome="fail">
            <div class="row-head"><span>A signature that does not count</span><span class="row-outcome"><Icon name="cross" /> {OUTCOMES.fail.word}</span></div>
            <p class="hint"><code>{signature.keyid}</code> {signature.code}</p>
          </li>
        ))}
      </ul>
      <p>The record's name, to compare by voice: <Hex value={report.payload_sha256 ?? ""} /></p>
    </section>
  );
}

function Differences({ title, differences }: { title: string; differences: readonly Difference[] }) {
  return (
    <section class="differences">
      <h3>{title}</h3>
      {differences.map(({ place, recorded, found }) => (
        <div class="pair" data-equal="false" key={place}>
          <p class="label"><code>{place}</code></p>
          <dl>
            <div><dt>Recorded</dt><dd class="code">{recorded}</dd></div>
            <div><dt>Found</dt><dd class="code">{found}</dd></div>
          </dl>
        </div>
      ))}
    </section>
  );
}

/** A heartbeat log has at most 64 MiB. */
const MOST_BESIDE = 66 * 1024 * 1024;

/** The evidence of a machine in colocation, each item as it is found again. */
function Colocated({ items }: { items: readonly ColocationItemReport[] }) {
  return (
    <section aria-labelledby="colocated-title">
      <h2 id="colocated-title">Evidence of colocation</h2>
      {items.some(({ files }) => files.some(({ bytes }) => bytes === null)) && (
        <div class="no-print">
          <p class="hint">Large files are named in a record by their SHA-256, and kept beside it. Give one here, and its item is checked too.</p>
          <FilePicker id="field-beside" label="Choose a file that the record names" most={MOST_BESIDE} onFile={({ bytes }) => giveBeside(bytes)} />
        </div>
      )}
      {items.map((item, index) => (
        <section class="panel item" key={index} data-kind={item.kind} aria-labelledby={`colocated-${index}`}>
          <h3 id={`colocated-${index}`}>{index + 1}. {SPECS[item.kind].title}</h3>
          <ItemResult report={item} />
        </section>
      ))}
    </section>
  );
}

const COLOCATION: Readonly<Record<Entered["colocation"]["answer"], string>> = {
  not_offered: "not offered",
  shown_not_in_it: "shown not to be in it",
  not_shown: "offered, and not shown not to be in it",
  in_colocation: "the machine is in it",
};

/** What people entered and saw. */
function Story({ report }: { report: CeremonyReport }) {
  const of = report.entered;
  if (of === null) return null;
  const namesOf = (signatures: readonly SignatureView[]) =>
    signatures.filter(({ verified }) => verified).map(({ participant }) => who(participant));
  const who = (index: number | null) => (index === null ? "nobody" : of.participants[index]?.name ?? "nobody");
  return (
    <section aria-labelledby="story-title">
      <h2 id="story-title">What the participants say they did and saw</h2>
      <dl class="facts">
        <div><dt>Machine</dt><dd>{of.console.machine}</dd></div>
        {of.kind === "colocation"
          ? <div><dt>Stands in</dt><dd>{of.console.provider}, {of.console.region}; {of.console.product}; reached by: {of.console.console_type}</dd></div>
          : <div><dt>Seen on</dt><dd>{of.console.provider}, {of.console.product}, {of.console.region}; console: {of.console.console_type}</dd></div>}
        <div><dt>Colocation</dt><dd>{COLOCATION[of.colocation.answer]}: {of.colocation.how}</dd></div>
        <div><dt>Challenge</dt><dd><Hex value={of.challenge.hex} /> by {who(of.challenge.made_by)}, {formatUtc(of.times.challenge)}, for {of.challenge.minutes} minutes</dd></div>
        {report.not_before !== null && <div><dt>Not before</dt><dd>{formatUtc(report.not_before.time)}: mixed from drand's round {report.not_before.round}</dd></div>}
        <div><dt>Hash noted</dt><dd>{of.file.noted_sha256 === null ? "not noted" : <><Hex value={of.file.noted_sha256} /> by {who(of.file.noted_by)}</>}</dd></div>
        <div><dt>File received</dt><dd><bdi>{of.file.name}</bdi>, {formatUtc(of.times.file)}</dd></div>
        {of.warning_reason !== null && report.recorded_verdict === "warning" && <div><dt>Signed although a warning, because</dt><dd>{of.warning_reason}</dd></div>}
        {of.notes !== null && <div><dt>Notes</dt><dd>{of.notes}</dd></div>}
        {of.recording !== null && <div><dt>Recording</dt><dd><Recording link={of.recording} /></dd></div>}
        {report.addenda.map(({ addendum, signatures, verified }, index) => addendum !== null && (
          <div key={index}>
            <dt>Added {formatUtc(addendum.added_at)}{verified ? `, signed by ${namesOf(signatures).join(" and ")} alone` : ", not rightly signed"}</dt>
            <dd>{addendum.recording !== null && <Recording link={addendum.recording} />} {addendum.note}</dd>
          </div>
        ))}
        {report.recorded_by !== null && <div><dt>Made with</dt><dd>{report.recorded_by.name} {report.recorded_by.version}, commit <code>{report.recorded_by.commit}</code></dd></div>}
      </dl>
    </section>
  );
}

/** The core lets through only addresses that begin with https. */
function Recording({ link }: { link: string }) {
  if (!link.startsWith("https://")) return <>{link}</>;
  return <a href={link} target="_blank" rel="noopener noreferrer">{link}</a>;
}

function Rows({ checks }: { checks: readonly CeremonyCheck[] }) {
  return (
    <section class="checks" aria-labelledby="record-checks-title">
      <h2 id="record-checks-title">What was checked of the record</h2>
      <ul class="plain">
        {checks.map((check) => {
          const { word, icon } = OUTCOMES[check.outcome];
          return (
            <li class="row" key={check.id} id={`record-${check.id}`} data-record-check={check.id} data-outcome={check.outcome} data-code={check.code ?? undefined}>
              <div class="row-head">
                <h3>{CEREMONY_QUESTIONS[check.id]} <code class="row-id">{check.id}</code></h3>
                <span class="row-outcome"><Icon name={icon} /> {word}</span>
              </div>
              <p class="row-detail"><Words text={check.detail} /></p>
              {check.advice !== null && <p class="row-advice"><span class="label">What to do:</span> <Words text={check.advice} /></p>}
              {check.findings.length > 1 && <Findings findings={check.findings.slice(1)} />}
              {check.code !== null && <p class="row-code"><code>{check.code}</code></p>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
