// A machine's way into the registry, first hand: from a signed record to a patch.

import type { Enrolment } from "cloud-witness";
import { ownKey } from "../keys/store";
import { opened, recordText } from "../record/store";
import { CopyButton } from "../ui/copy";
import { TextField } from "../ui/field";
import { FilePicker } from "../ui/file";
import { Hex } from "../ui/hex";
import { saveFile } from "../ui/save";
import { address } from "../views";
import { authorEmail, authorName, knownCsv, ownKnown, propose, proposed } from "./propose";
import { lists } from "./store";

export function EnrolView() {
  void lists.known.value;
  return (
    <div class="enrol-view">
      <h1>Propose a machine</h1>
      <p class="lead">
        A machine gets into the registry by two hands. The first makes a patch from the ceremony's signed record; another
        witness looks at it and merges it.
      </p>
      {recordText.value === "" ? <p>First <a href={address("record")}>open the record</a> of its ceremony, with all signatures and the recording's link.</p> : <Form />}
      <Made />
    </div>
  );
}

function Form() {
  const of = opened.value;
  const known = ownKnown.value ?? knownCsv();
  const report = of?.state === "opened" ? of.report : null;
  return (
    <form noValidate onSubmit={(event) => {
      event.preventDefault();
      void propose();
    }}>
      <section class="panel" aria-labelledby="enrol-record-title">
        <h2 id="enrol-record-title">The record that is open</h2>
        {report === null ? <p>Opening…</p> : (
          <p>
            {report.headline}.{" "}
            {report.report?.identity != null && <>Machine <Hex value={report.report.identity.ppid} />. </>}
            <a href={address("record")}>See the record</a>
          </p>
        )}
      </section>
      <section class="panel" aria-labelledby="enrol-known-title">
        <h2 id="enrol-known-title">The registry's known.csv as it is now</h2>
        <p>{known === null ? "None given: the patch is made for a registry whose list is empty." : <><bdi class="document-name">{known.name}</bdi>, {known.bytes.length.toLocaleString("en")} bytes</>}</p>
        <FilePicker id="field-enrol-known" label="Choose known.csv" onFile={(file) => void (ownKnown.value = file)} />
      </section>
      <section class="panel" aria-labelledby="enrol-author-title">
        <h2 id="enrol-author-title">As whom you propose it</h2>
        <p class="hint">They stand in the commit, for everyone to read. {ownKey.value === null ? "" : "Your key in this browser is not used here."}</p>
        <TextField id="field-author-name" label="Name" value={authorName.value} onInput={(text) => (authorName.value = text)} />
        <TextField id="field-author-email" label="E-mail address" value={authorEmail.value} onInput={(text) => (authorEmail.value = text)} />
      </section>
      <button type="submit" class="button-primary" disabled={of?.state !== "opened" || of.isOld}>Make the proposal</button>
    </form>
  );
}

function Made() {
  const now = proposed.value;
  if (now === null) return null;
  if (now.state === "making") return <p class="checking">Making…</p>;
  if (now.state === "refused") {
    return (
      <section class="verdict" data-refused={now.code}>
        <h2>Not proposed</h2>
        <p role="alert">{now.message}</p>
      </section>
    );
  }
  return <Proposal of={now.enrolment} />;
}

function Proposal({ of }: { of: Enrolment }) {
  return (
    <article class="proposal" data-proposal={of.ppid}>
      <h2>The proposal</h2>
      <p>{of.summary}</p>
      <section class="panel" aria-labelledby="patch-title">
        <h3 id="patch-title">The patch: <code>{of.patch_name}</code></h3>
        <p>It adds one line to <code>{of.list_path}</code>, the entry <code>{of.entry_path}</code> and the record <code>{of.record_path}</code>, and touches nothing else.</p>
        <p class="field-line">
          <button type="button" class="button-primary" onClick={() => saveFile(of.patch_name, of.patch, "text/x-patch")}>Save the patch</button>
          <CopyButton value={of.patch} what="the patch" />
        </p>
        <div class="command"><pre tabIndex={0} role="group" aria-label="the command that applies the patch"><code>git am {of.patch_name}</code></pre><CopyButton value={`git am ${of.patch_name}`} what="the command" /></div>
      </section>
      <section class="panel" aria-labelledby="pull-title">
        <h3 id="pull-title">The pull request</h3>
        <p class="label">Title</p>
        <p class="field-line"><bdi data-part="title">{of.title}</bdi> <CopyButton value={of.title} what="the title" /></p>
        <p class="label field-line">Text <CopyButton value={of.text} what="the text" /></p>
        <pre tabIndex={0} role="group" aria-label="the pull request's text" data-part="text"><code>{of.text}</code></pre>
      </section>
      <section class="panel" aria-labelledby="entry-title">
        <h3 id="entry-title">What is added</h3>
        <p class="label field-line">Line in {of.list_path} <CopyButton value={of.line} what="the line" /></p>
        <pre tabIndex={0} role="group" aria-label="the line" data-part="line"><code>{of.line}</code></pre>
        <p class="label field-line">{of.entry_path} <CopyButton value={of.entry} what="the entry" /> <button type="button" class="button-small" onClick={() => saveFile(of.entry_path.split("/").at(-1)!, of.entry)}>Save<span class="visually-hidden"> the entry</span></button></p>
        <pre tabIndex={0} role="group" aria-label="the entry" data-part="entry"><code>{of.entry}</code></pre>
      </section>
    </article>
  );
}
