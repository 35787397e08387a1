// How to check this page, from inside as far as that goes, and from outside.

import { verifierInfo } from "cloud-witness";
import { host } from "cloud-witness-host";
import { copy } from "../offline/copy";
import { formatUtc } from "../time";
import { CopyButton } from "../ui/copy";
import { Hex } from "../ui/hex";
import { engine, wasmSha256 } from "../verifier/engine";
import { comparison, listFiles, listing, lookUpOneFile, ONE_FILE, oneFileListed, type SiteFile } from "./files";

const SOURCE = "https://github.com/cloud-witness/cloud-witness";

export function AboutView() {
  const isSite = host.kind === "site";
  return (
    <div class="about-view">
      <h1>Verify this page</h1>
      <p class="lead">
        Anyone can build this page from its source and gets the same bytes. So you need not believe whoever serves it:
        rebuild and compare. What a page says about itself is worth little, since a false page would say the same; the
        comparison counts that you make outside of it.
      </p>
      {engine.value === "ready" && <Running />}
      {engine.value === "ready" && <Rebuild isSite={isSite} commit={verifierInfo().commit} />}
      {isSite && <Files />}
      {isSite && <OneFile />}
      <Licences isSite={isSite} />
    </div>
  );
}

function Running() {
  const { version, commit, commit_time: time, engine: name } = verifierInfo();
  const digest = wasmSha256.value;
  return (
    <section class="panel" aria-labelledby="running-title">
      <h2 id="running-title">What runs in this tab</h2>
      <dl class="facts">
        <div><dt>Version</dt><dd>{version}, with {name}</dd></div>
        <div><dt>Commit</dt><dd><span class="code">{commit}</span> <CopyButton value={commit} what="the commit" /></dd></div>
        <div><dt>Committed</dt><dd>{formatUtc(time)}</dd></div>
        <div>
          <dt>SHA-256 of the verifier (wasm)</dt>
          <dd data-wasm={digest}>
            {digest === null ? "This browser computes no digest here: open the page by https." : <><Hex value={digest} /> <CopyButton value={digest} what="the digest" /></>}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Rebuild({ isSite, commit }: { isSite: boolean; commit: string }) {
  return (
    <section class="panel" aria-labelledby="rebuild-title">
      <h2 id="rebuild-title">Rebuild and compare</h2>
      <p class="hint">On a computer of your own with git, Rust (by rustup) and Node 20 or later. Read the source before you build it, or have somebody whom you trust do so.</p>
      <ol class="commands">
        <li>
          <p>Get the source:</p>
          <Command text={`git clone ${SOURCE} && cd cloud-witness`} what="the command that gets the source" />
        </li>
        <li>
          <p>Choose the commit that this page names:</p>
          <Command text={`git checkout ${commit}`} what="the command that chooses the commit" />
        </li>
        {isSite ? (
          <li>
            <p>Build it, and compare every file that this site serves, byte for byte:</p>
            <Command text={`cargo xtask compare ${new URL("./", document.baseURI).href}`} what="the command that compares" />
          </li>
        ) : (
          <li>
            <p>
              Save this file's bundle (page Collateral) as <code>collateral/bundle.json</code> there, and build. The digest
              must be the one of this file; a release also lists it in its SHA256SUMS:
            </p>
            <Command text={`cargo xtask site && sha256sum target/site/${ONE_FILE}`} what="the command that builds" />
          </li>
        )}
      </ol>
    </section>
  );
}

function Command({ text, what }: { text: string; what: string }) {
  return (
    <div class="command">
      <pre tabIndex={0} role="group" aria-label={what}><code>{text}</code></pre>
      <CopyButton value={text} what={what} />
    </div>
  );
}

function Files() {
  const now = listing.value;
  return (
    <section class="panel" aria-labelledby="files-title">
      <h2 id="files-title">This site's files</h2>
      <p>
        This fetches each file of the site again, and computes its digest in this tab. Nothing of yours is in these requests.
        {copy.value === "offline" ? " The site cannot be reached now." : ""}
      </p>
      <p><button type="button" disabled={now === "working"} onClick={() => void listFiles()}>{now === "working" ? "Fetching…" : "Fetch and digest"}</button></p>
      <div role="status">
        {now !== null && now !== "working" && ("refused" in now ? <p class="problem">{now.refused}</p> : <p>{summary(now.files)}</p>)}
      </div>
      {now !== null && now !== "working" && "files" in now && (
        <dl class="facts">
          {now.files.map((file) => (
            <div key={file.name} data-file={file.name} data-comparison={comparison(file)}>
              <dt><span class="code">{file.name}</span><span class="hint">{comparison(file)}</span></dt>
              <dd>{file.digest !== null && <><Hex value={file.digest} /> <CopyButton value={file.digest} what={`the digest of ${file.name}`} /></>}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function summary(files: readonly SiteFile[]): string {
  const others = files.filter((file) => comparison(file) === "not as listed").map(({ name }) => name);
  if (others.length === 0) return "Every file that is served is as the site's SHA256SUMS lists it.";
  return `Not as the site's SHA256SUMS lists them: ${others.join(", ")}. When a newer version waits, reload and look again; otherwise do not rely on this page.`;
}

function OneFile() {
  const listed = oneFileListed.value;
  return (
    <section class="panel" aria-labelledby="one-file-title">
      <h2 id="one-file-title">This page as one file</h2>
      <p>
        It holds everything, verifier and collateral as well, and works without this site or any network: open it from your
        disk. Its collateral stays as old as the file. Compare its SHA-256 with what you saved, and with a rebuild; it is also
        in <a href="SHA256SUMS">SHA256SUMS</a>.
      </p>
      <p><a href={ONE_FILE} download={ONE_FILE}>Download {ONE_FILE}</a></p>
      {listed === null ? (
        <p><button type="button" onClick={() => void lookUpOneFile()}>Show its SHA-256</button> <span class="hint">Asks this site for its list.</span></p>
      ) : (
        <dl class="facts">
          <div data-one-file={listed}>
            <dt>SHA-256, as this site lists it</dt>
            <dd><Hex value={listed} /> <CopyButton value={listed} what="the digest of the one file" /></dd>
          </div>
        </dl>
      )}
    </section>
  );
}

function Licences({ isSite }: { isSite: boolean }) {
  return (
    <section class="panel" aria-labelledby="licences-title">
      <h2 id="licences-title">What it is made of</h2>
      <p>Cloud Witness is under the MIT licence or Apache-2.0, at your choice.</p>
      {isSite ? (
        <ul>
          <li><a href="THIRD-PARTY.txt">Libraries of others, and their licences</a></li>
          <li><a href="sbom.cdx.json">The same as a software bill of materials (CycloneDX)</a></li>
        </ul>
      ) : (
        <p>The licences of the libraries in it are at the end of this file: open it in an editor.</p>
      )}
    </section>
  );
}
