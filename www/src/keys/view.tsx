// One's own key, and the keys of others that one trusts.

import { CopyButton } from "../ui/copy";
import { FilePicker } from "../ui/file";
import { saveFile } from "../ui/save";
import { formatUtc } from "../time";
import { Confirm } from "../ui/confirm";
import { AS_LONG_AS, shortlyKept } from "../ui/kept";
import { forgetKey, isLookedFor, keyProblem, makeKey, ownKey, signers, signersText, useSigners } from "./store";

export function KeysView() {
  return (
    <div class="keys-view">
      <h1>Keys</h1>
      <p class="lead">
        Participants sign a ceremony's record, each with a key of their own: one that this browser makes and cannot give
        away, or an SSH key, so that witnesses can use the key that a code host already lists for them.
      </p>
      <section class="panel" aria-labelledby="own-key-title">
        <h2 id="own-key-title">Your key in this browser</h2>
        <OwnKeyPanel />
      </section>
      <Signers />
    </div>
  );
}

/** The key with what to do with it; without one, a way to make it. */
export function OwnKeyPanel() {
  const key = ownKey.value;
  if (keyProblem.value !== null) return <p class="problem">{keyProblem.value}</p>;
  if (key === null) {
    return (
      <>
        <p>None yet. It is kept in this browser only, {AS_LONG_AS}. With another browser or computer you have another key.</p>
        <button type="button" disabled={!isLookedFor.value} onClick={() => void makeKey()}>Make a key</button>
      </>
    );
  }
  return (
    <>
      <p class="label">Public key, to give to the one who keeps the ceremony</p>
      <p><code class="key-line">{key.line}</code> <CopyButton value={key.line} what="the public key" /></p>
      <p>Fingerprint, to compare by voice: <code>{key.fingerprint}</code></p>
      <p class="field-line">
        <Confirm action="Erase this key" confirm="Yes, erase it" small onConfirm={() => void forgetKey()} />
        <span class="hint">What was signed with it stays signed; nothing more can be.</span>
      </p>
      <p class="hint">The key is kept in this browser only, {AS_LONG_AS}. Without it nothing more can be signed as the same participant.</p>
    </>
  );
}

function Signers() {
  const { entries, complaint } = signers.value;
  const projects = [...new Set(entries.map(({ project }) => project))];
  return (
    <section class="panel" aria-labelledby="signers-title">
      <h2 id="signers-title">Signers that you trust: {projects.length === 0 ? "none" : projects.length === 1 ? "1 project" : `${projects.length} projects`}</h2>
      <p class="hint">Which keys speak for which project. Without such a list a well-signed record is at best a warning: the keys are not known to you.</p>
      {complaint !== null && <p class="problem">{complaint}</p>}
      {projects.map((project) => (
        <div class="build" key={project}>
          <h3>{project}</h3>
          <ul>
            {entries.filter((entry) => entry.project === project).map(({ fingerprint, valid_from: from, valid_to: to }) => (
              <li key={fingerprint}>
                <code>{fingerprint}</code>
                {from !== null && ` from ${formatUtc(from)}`}{to !== null && ` until ${formatUtc(to)}`}
              </li>
            ))}
          </ul>
        </div>
      ))}
      <FilePicker id="field-signers" label="Choose a list of signers (JSON)" onFile={({ bytes }) => useSigners(bytes)} />
      {signersText.value !== "" && (
        <div class="field-line">
          <button type="button" onClick={() => saveFile("signers.json", signersText.peek())}>Export</button>
          <button type="button" onClick={() => (signersText.value = "")}>Remove the list</button>
          <span class="hint">The list is {shortlyKept(signersText)}.</span>
        </div>
      )}
    </section>
  );
}
