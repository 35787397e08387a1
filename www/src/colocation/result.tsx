// What was found of one item: each row, how far the checks go, and what to read for oneself.

import type { ColocationCheck, ColocationItemReport } from "cloud-witness";
import { OUTCOMES } from "../report/words";
import { Folded } from "../ui/folded";
import { Hex } from "../ui/hex";
import { Icon } from "../ui/icon";
import { Words } from "../ui/words";
import { Timeline } from "./timeline";

/** What each row asks; "pass" always means yes. */
const QUESTIONS: Readonly<Record<string, string>> = {
  entered: "Was everything entered that this kind needs?",
  files: "Are its files there, byte for byte?",
  "claim.machine": "Does the statement name this machine?",
  "claim.signature": "Did the owner's key sign it?",
  "claim.certificates": "Are the audit certificates valid now?",
  "video.watched": "Did somebody watch the video?",
  "mail.read": "Is the file one e-mail?",
  "mail.key": "Does the key record hold a key?",
  "mail.signature": "Is the mail signed under that key, and unchanged?",
  "mail.time": "Was it signed in time?",
  "mail.domain": "Did the data centre's domain sign it, and does nothing mark it as a program's?",
  "pledge.document": "Does it attach this very document, or name it in its own text?",
  "pledge.signature": "Did the signatory's key sign the document?",
  "heartbeat.read": "Can every line of the log be read, and is it this machine's?",
  "heartbeat.chain": "Does every line hold on to the one before?",
  "heartbeat.order": "Are all lines there, in order, and was no clock set?",
  "heartbeat.gaps": "Is there no silence longer than declared?",
  "heartbeat.signatures": "Did the recorder's key sign it, to its end?",
  "heartbeat.answers": "Did the same running machine answer?",
  "addresses.prefixes": "Can the data centre's prefixes be read?",
  "addresses.inside": "Do all addresses lie in them?",
  "addresses.seen": "Were addresses seen both ways?",
  "beacon.noted": "Is the beacon proven?",
};

export function ItemResult({ report }: { report: ColocationItemReport }) {
  return (
    <div class="item-result" data-counts={report.counts}>
      <p class="item-counts" role="status">
        <Icon name={report.counts ? "check" : "dash"} /> {report.counts ? "This counts." : "This does not count yet."}
      </p>
      <ul class="plain">
        {report.checks.map((check) => <Row key={check.id} check={check} />)}
      </ul>
      {report.ties.length > 0 && (
        <dl class="facts ties">
          {report.ties.map(({ line, before, tie, after }, index) => (
            <div key={index}>
              <dt>{line === null ? "What ties it" : `What ties it, line ${line} of the text`}</dt>
              <dd class="fact"><span>{before}<mark>{tie}</mark>{after}</span></dd>
            </div>
          ))}
        </dl>
      )}
      {report.timeline !== null && <Timeline timeline={report.timeline} />}
      <p class="how-far"><span class="label">How far this goes:</span> {report.how_far}</p>
      {(report.facts.length > 0 || report.files.length > 0) && (
        <Folded summary="Read for yourself">
          {() => (
            <dl class="facts">
              {report.facts.map(({ label, value }, index) => <div key={index}><dt>{label}</dt><dd class="fact">{value}</dd></div>)}
              {report.files.map(({ name, sha256, bytes }, index) => (
                <div key={`file ${index}`}><dt>SHA-256 of <bdi>{name}</bdi>{bytes !== null && `, ${bytes.toLocaleString("en")} bytes`}</dt><dd><Hex value={sha256} /></dd></div>
              ))}
            </dl>
          )}
        </Folded>
      )}
    </div>
  );
}

function Row({ check }: { check: ColocationCheck }) {
  const { word, icon } = OUTCOMES[check.outcome];
  const others = check.findings.slice(1);
  return (
    <li class="row" data-colocation-check={check.id} data-outcome={check.outcome} data-code={check.code ?? undefined}>
      <div class="row-head">
        <h4>{QUESTIONS[check.id] ?? check.id} <code class="row-id">{check.id}</code></h4>
        <span class="row-outcome"><Icon name={icon} /> {word}</span>
      </div>
      <p class="row-detail"><Words text={check.detail} /></p>
      {check.place !== null && <p class="row-place"><span class="label">Where:</span> {check.place}</p>}
      {check.advice !== null && <p class="row-advice"><span class="label">What to do:</span> {check.advice}</p>}
      {others.length > 0 && others.length <= FEW && <Others findings={others} />}
      {others.length > FEW && <Folded summary={`${others.length} more, listed`}>{() => <Others findings={others} />}</Folded>}
      {check.code !== null && <p class="row-code"><code>{check.code}</code></p>}
    </li>
  );
}

/** More of them push what matters out of sight. */
const FEW = 3;

function Others({ findings }: { findings: ColocationCheck["findings"] }) {
  return (
    <ul class="findings">
      {findings.map((finding, index) => (
        <li key={index} data-outcome={finding.outcome} data-code={finding.code}>
          {OUTCOMES[finding.outcome].word}{finding.place !== null && `, ${finding.place}`}: <Words text={finding.detail} /> <code>{finding.code}</code>
        </li>
      ))}
    </ul>
  );
}
