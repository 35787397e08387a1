// A trust server's token, checked without that server.

import type { TokenCheck, TokenReport, TokenView as Token } from "cloud-witness";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ReportView } from "../report/result";
import { OUTCOMES, VERDICT_ICONS } from "../report/words";
import { daysInWords, formatUtc } from "../time";
import { CopyButton } from "../ui/copy";
import { TextField } from "../ui/field";
import { FilePicker } from "../ui/file";
import { Folded } from "../ui/folded";
import { Hex, isLongHex } from "../ui/hex";
import { Icon } from "../ui/icon";
import { shortlyKept, type Kept } from "../ui/kept";
import { saveFile } from "../ui/save";
import { TextArea } from "../ui/text-area";
import { Words } from "../ui/words";
import { bundle, engine } from "../verifier/engine";
import {
  allianceText, answer, asOf, checkToken, clearToken, collateral, keysText, quote, tokenText, useList, type File,
} from "./store";
import { SCHEMES, TOKEN_QUESTIONS } from "./words";

export function TokenView() {
  return (
    <div class="token-view">
      <h1>Check a trust token</h1>
      <p class="lead">
        A trust server gives a signed token to whoever shows it a quote of a machine on its list. This page checks such a
        token without asking that server: whose key, about which quote and machine, and how old it is.
      </p>
      <form noValidate onSubmit={(event) => {
        event.preventDefault();
        void checkToken();
      }}>
        <TextArea id="field-token" label="The token (a JWT)" hint="Three parts with two dots between, beginning with eyJ." code value={tokenText.value} onInput={(text) => (tokenText.value = text)} />
        <section class="panel" aria-labelledby="token-quote-title">
          <h2 id="token-quote-title">The quote that it is about <span class="optional">optional</span></h2>
          <p class="hint">The attester's file, or the quote that was sent to the server. Its hash and its machine are compared with what was signed.</p>
          <Given file={quote.value} onRemove={() => (quote.value = null)} what="the quote" />
          <FilePicker id="field-token-quote" label="Choose the quote" onFile={(file) => void (quote.value = file)} />
          {quote.value !== null && (
            <details>
              <summary>Collateral: {collateral.value !== null ? <bdi>{collateral.value.name}</bdi> : bundle.value !== null ? "this site's" : "none: give a file"}</summary>
              <Given file={collateral.value} onRemove={() => (collateral.value = null)} what="the collateral" />
              <FilePicker id="field-token-collateral" label="Use a file of your own" onFile={(file) => void (collateral.value = file)} />
            </details>
          )}
        </section>
        <section class="panel" aria-labelledby="token-keys-title">
          <h2 id="token-keys-title">Whose keys count</h2>
          <p class="hint">Never take a key from whoever showed you the token.</p>
          <List name="keys" title="The server's keys.json, for RS256" none="Not given: only tokens under the alliance's key can be checked." list={keysText} />
          <List name="alliance" title="The alliance's own keys, for EdDSA and Ed25519" none="Those that this page ships: the key in use." list={allianceText} />
        </section>
        <TextField id="field-token-asOf" label="As of (UTC); leave empty for now" placeholder="2025-06-20 14:03:22" value={asOf.value} onInput={(text) => (asOf.value = text)} />
        <p class="field-line">
          <button type="submit" class="button-primary" disabled={engine.value !== "ready"}>Check the token</button>
          <button type="button" onClick={clearToken}>Clear</button>
        </p>
      </form>
      <Answered />
    </div>
  );
}

function Given({ file, onRemove, what }: { file: File | null; onRemove: () => void; what: string }) {
  if (file === null) return null;
  return (
    <p>
      <bdi class="document-name">{file.name}</bdi>, {file.bytes.length.toLocaleString("en")} bytes{" "}
      <button type="button" class="button-small" onClick={onRemove}>Remove<span class="visually-hidden"> {what}</span></button>
    </p>
  );
}

function List({ name, title, none, list }: { name: "keys" | "alliance"; title: string; none: string; list: Kept }) {
  const text = list.value;
  return (
    <div data-list={name}>
      <h3>{title}</h3>
      <p>{text === "" ? none : `Your own list, ${text.length.toLocaleString("en")} characters, ${shortlyKept(list)}. `}
        {text !== "" && <button type="button" class="button-small" onClick={() => (list.value = "")}>Remove<span class="visually-hidden"> {title}</span></button>}
      </p>
      <FilePicker id={`field-token-${name}`} label={name === "keys" ? "Choose keys.json" : "Use another list"} onFile={({ bytes }) => useList(name, bytes)} />
    </div>
  );
}

function Answered() {
  const now = answer.value;
  if (now === null) return null;
  if (now.state === "checking") return <p class="checking">Checking…</p>;
  if (now.state === "refused") return <section class="verdict" data-refused><h2>Not done</h2><p role="alert">{now.message}</p></section>;
  return <Checked report={now.report} />;
}

function Checked({ report }: { report: TokenReport }) {
  const top = useRef<HTMLElement>(null);
  useLayoutEffect(() => top.current?.scrollIntoView({ block: "start" }), [report]);
  return (
    <article class="report" data-time={report.time}>
      <section ref={top} class="verdict" data-verdict={report.verdict} data-time={report.time} aria-labelledby="token-headline">
        <p class="verdict-label">The token's verdict</p>
        <h2 id="token-headline"><Icon name={VERDICT_ICONS[report.verdict]} /> {report.headline}</h2>
        <p class="verdict-summary"><Words text={report.summary} /></p>
        <p class="verdict-time"><Icon name="clock" /> {report.time === "as_of" ? `About ${formatUtc(report.at)} only. It says nothing about today.` : `Checked for ${formatUtc(report.at)}.`}</p>
      </section>
      <p class="after-verdict no-print"><button type="button" onClick={() => saveFile("token-report.json", `${JSON.stringify(report, null, 1)}\n`)}>Save this answer</button></p>
      {report.token !== null && <Says token={report.token} />}
      <section class="checks" aria-labelledby="token-checks-title">
        <h2 id="token-checks-title">What was checked</h2>
        <ul class="plain">{report.checks.map((check) => <Row key={check.id} check={check} />)}</ul>
      </section>
      {report.report !== null && (
        <section class="no-print">
          <Folded summary={<h2>The quote's own appraisal, check by check</h2>}>{() => report.report !== null && <ReportView report={report.report} />}</Folded>
        </section>
      )}
    </article>
  );
}

/** Everything in here was written by whoever made the token: text, and nothing else. */
function Says({ token }: { token: Token }) {
  const times = ["timestamp", "iat"];
  // Where both stand there, each is shown: the requester chooses the first, the server the second.
  const bothTimes = times.every((time) => token.claims.some(({ name }) => name === time));
  const known = ["quote_hash", "machine_id", "label", "exp", ...(bothTimes ? [] : times)];
  const others = token.claims.filter(({ name }) => !known.includes(name));
  return (
    <section class="panel" aria-labelledby="token-says-title" data-signed={token.signed}>
      <h2 id="token-says-title">{token.signed ? "What was signed" : "What it says, and nobody whom you know signed"}</h2>
      <dl class="facts">
        <div><dt>Machine</dt><dd>{token.machine_id === null ? "not named" : <><Value text={token.machine_id} /> {token.signed && <CopyButton value={token.machine_id} what="the machine's ID" />}</>}</dd></div>
        <div><dt>By the scheme</dt><dd>{token.machine_id_scheme === null ? "none that is known here" : SCHEMES[token.machine_id_scheme]}</dd></div>
        <div><dt>Label on the server's list</dt><dd>{token.label === null ? "none" : <bdi>{token.label}</bdi>}</dd></div>
        <div><dt>Quote (SHA-256)</dt><dd>{token.quote_hash === null ? "not named" : <Value text={token.quote_hash} />}</dd></div>
        <div><dt>Made</dt><dd>{token.issued_at === null ? "it does not say when" : <>{formatUtc(token.issued_at)}{token.age_seconds !== null && `, ${daysInWords(token.age_seconds)} before`}</>}</dd></div>
        <div><dt>Expires</dt><dd>{token.expires_at === null ? "never" : formatUtc(token.expires_at)}</dd></div>
        <div><dt>Key</dt><dd>{token.key === null ? "none that your lists know" : <span>{token.key.kind}, from {token.key.list}{token.key.source !== null && <> (<bdi>{token.key.source}</bdi>)</>}{token.key.valid_from !== null && `, from ${formatUtc(token.key.valid_from)}`}{token.key.valid_to !== null && `, until ${formatUtc(token.key.valid_to)}`}</span>}</dd></div>
        <div><dt>As the header says</dt><dd><span><bdi class="code">{token.algorithm ?? "no algorithm"}</bdi>, <bdi class="code">{token.kid ?? "no key ID"}</bdi></span></dd></div>
        {others.map(({ name, value }) => <div key={name}><dt><bdi>{name}</bdi></dt><dd><bdi class="code">{value.slice(0, 500)}</bdi></dd></div>)}
      </dl>
    </section>
  );
}

function Value({ text }: { text: string }) {
  return isLongHex(text) ? <Hex value={text} /> : <bdi class="code">{text}</bdi>;
}

function Row({ check }: { check: TokenCheck }) {
  const { word, icon } = OUTCOMES[check.outcome];
  return (
    <li class="row" data-token-check={check.id} data-outcome={check.outcome} data-code={check.code ?? undefined}>
      <div class="row-head">
        <h3>{TOKEN_QUESTIONS[check.id]} <code class="row-id">{check.id}</code></h3>
        <span class="row-outcome"><Icon name={icon} /> {word}</span>
      </div>
      <p class="row-detail"><Words text={check.detail} /></p>
      {check.advice !== null && <p class="row-advice"><span class="label">What to do:</span> <Words text={check.advice} /></p>}
      {check.findings.length > 1 && (
        <ul class="findings">
          {check.findings.slice(1).map((finding) => (
            <li key={finding.code} data-outcome={finding.outcome}>{OUTCOMES[finding.outcome].word}: <Words text={finding.detail} /> {finding.advice} <code>{finding.code}</code></li>
          ))}
        </ul>
      )}
      {check.code !== null && <p class="row-code"><code>{check.code}</code></p>}
    </li>
  );
}
