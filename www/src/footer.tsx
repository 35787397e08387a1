import { verifierInfo } from "cloud-witness";
import { host } from "cloud-witness-host";
import { OfflineStatus } from "./offline/status";
import { engine, thread, wasmSha256 } from "./verifier/engine";
import { formatUtc } from "./time";
import { address, VIEWS } from "./views";

/** Which build this is, whether it is the newest, and the way to check it. */
export function Footer() {
  return (
    <footer class="footer" data-engine={engine.value}>
      {engine.value === "ready" ? <Version /> : <p>Cloud Witness</p>}
      {host.kind === "one-file" && <p class="no-print">This page is one file. It asks nobody for anything, and cannot tell whether there is a newer version.</p>}
      {thread.value === "page" && <p class="no-print">It works on the page's own thread: the page stands still for a moment while it verifies.</p>}
      <OfflineStatus />
      <p class="no-print"><a href={address("docs")}>{VIEWS.docs}</a> · <a href={address("about")}>{VIEWS.about}</a></p>
    </footer>
  );
}

function Version() {
  const { version, commit, commit_time: time, engine: name } = verifierInfo();
  return (
    <p>
      Cloud Witness {version}, commit <span class="code">{commit.slice(0, 12)}</span> of {formatUtc(time)}, with {name}
      {wasmSha256.value !== null && <>; SHA-256 of its wasm <span class="code">{wasmSha256.value}</span></>}
    </p>
  );
}
