// The list of attester builds: see it, add to it, take it from others and hand it on.

import type { AttesterBuild } from "cloud-witness";
import { useState } from "preact/hooks";
import { CopyButton } from "../ui/copy";
import { openOnEnter } from "../ui/document";
import { Hex } from "../ui/hex";
import { whereKept } from "../ui/kept";
import { saveFile } from "../ui/save";
import { addBuild, counted, earlierText, importList, list, listText, removeAll, removeBuild, undoList } from "./store";

export function AttestersView() {
  const { builds, complaint } = list.value;
  return (
    <div class="attesters-view">
      <h1>Attester builds</h1>
      <p class="lead">
        Any program can have a genuine quote made over any challenge. So a witness keeps a list of programs that are
        known to be the attester, by their fingerprint (MRENCLAVE). A quote of any other program is at best a warning.
      </p>
      <p>
        {whereKept(listText, "The list is", "export the list before you close the tab")}
      </p>
      <section class="panel" aria-labelledby="list-title">
        <h2 id="list-title">Your list: {builds.length === 0 ? "empty" : counted(builds.length)}</h2>
        {complaint !== null && <p class="problem">The list that this browser kept cannot be read: {complaint} Export it to look at it, then remove all.</p>}
        {builds.length === 0 && complaint === null && <p>The list ships empty: nobody but a witness can say which build a ceremony agreed on.</p>}
        <ul class="builds">
          {builds.map((build) => <Build key={build.mr_enclave} build={build} />)}
        </ul>
        <div class="field-line">
          {listText.value !== "" && (
            <>
              <button type="button" onClick={() => saveFile("attester-builds.json", listText.peek())}>Export</button>
              <button type="button" onClick={removeAll}>Remove all</button>
            </>
          )}
          {earlierText.value !== null && <button type="button" onClick={undoList}>Undo</button>}
        </div>
      </section>
      <Import />
      <Add />
    </div>
  );
}

function Build({ build }: { build: AttesterBuild }) {
  return (
    <li class="build">
      <p class="label">MRENCLAVE</p>
      <p><Hex value={build.mr_enclave} /> <CopyButton value={build.mr_enclave} what="the MRENCLAVE" /></p>
      <dl class="facts">
        <div><dt>Image</dt><dd class="code">{build.image}</dd></div>
        <div><dt>Where the value comes from</dt><dd>{build.source}</dd></div>
        <div><dt>Added by</dt><dd>{build.added_by}</dd></div>
      </dl>
      <button type="button" class="button-small" onClick={() => removeBuild(build.mr_enclave)}>
        Remove<span class="visually-hidden"> {build.mr_enclave.slice(0, 8)}</span>
      </button>
    </li>
  );
}

function Import() {
  const [said, say] = useState<{ done: string } | { refused: string } | null>(null);
  async function take(files: FileList | null) {
    const file = files?.[0];
    if (file === undefined) return;
    try {
      say(importList(new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer())));
    } catch {
      say({ refused: "The file could not be read as UTF-8 text." });
    }
  }
  return (
    <section class="panel" aria-labelledby="import-title">
      <h2 id="import-title">Take over another witness's list</h2>
      <p class="hint">What is new in it is added; your own entries stay as they are. Look at each source before you rely on it.</p>
      <div class="drop">
        <input
          type="file"
          id="field-import"
          class="visually-hidden"
          aria-describedby="import-said"
          onKeyDown={openOnEnter}
          onChange={(event) => {
            void take(event.currentTarget.files);
            event.currentTarget.value = "";
          }}
        />
        <label for="field-import" class="button-like">Choose a list (JSON)</label>
        <div id="import-said" role="status">
          {said !== null && ("done" in said ? <p>{said.done}</p> : <p class="problem">{said.refused}</p>)}
        </div>
      </div>
    </section>
  );
}

const NOTHING: AttesterBuild = { mr_enclave: "", image: "", source: "", added_by: "" };

const FIELDS: readonly { name: keyof AttesterBuild; label: string; hint: string; code?: boolean }[] = [
  { name: "mr_enclave", label: "MRENCLAVE, 64 hexadecimal digits", hint: "Build the attester from its source, or run the agreed image on a machine that you trust, and read mr_enclave from what it prints. Never copy it from a file that you are about to check.", code: true },
  { name: "image", label: "Image, by digest", hint: "For example ghcr.io/proofofcloud/attester@sha256:…", code: true },
  { name: "source", label: "Where the value comes from", hint: "An address, or plain words: who built it, from which commit, when." },
  { name: "added_by", label: "Added by", hint: "Your name and project." },
];

function Add() {
  const [entry, setEntry] = useState(NOTHING);
  const [wrong, setWrong] = useState<Partial<Record<keyof AttesterBuild | "all", string>>>({});

  function add(event: Event) {
    event.preventDefault();
    const trimmed = Object.fromEntries(FIELDS.map(({ name }) => [name, entry[name].trim()])) as unknown as AttesterBuild;
    const build = { ...trimmed, mr_enclave: trimmed.mr_enclave.replace(/\s/g, "").toLowerCase() };
    const found = complaintsAbout(build);
    const first = FIELDS.find(({ name }) => found[name] !== undefined);
    if (first !== undefined) {
      setWrong(found);
      document.getElementById(`field-build-${first.name}`)?.focus();
      return;
    }
    const refused = addBuild(build);
    setWrong(refused === null ? {} : { all: refused });
    if (refused === null) setEntry({ ...NOTHING, added_by: build.added_by });
  }

  return (
    <section class="panel" aria-labelledby="add-title">
      <h2 id="add-title">Add a build</h2>
      <form noValidate onSubmit={add}>
        {FIELDS.map(({ name, label, hint, code }) => {
          const id = `field-build-${name}`;
          return (
            <div class="field" key={name}>
              <label for={id}>{label}</label>
              <input
                id={id}
                type="text"
                class={code === true ? "code" : ""}
                autocomplete="off"
                autocapitalize="off"
                spellcheck={false}
                value={entry[name]}
                aria-describedby={`${id}-hint${wrong[name] === undefined ? "" : ` ${id}-problem`}`}
                aria-invalid={wrong[name] !== undefined}
                onInput={(event) => setEntry({ ...entry, [name]: event.currentTarget.value })}
              />
              <p class="hint" id={`${id}-hint`}>{hint}</p>
              {wrong[name] !== undefined && <p class="problem" id={`${id}-problem`}>{wrong[name]}</p>}
            </div>
          );
        })}
        {wrong.all !== undefined && <p class="problem" role="alert">{wrong.all}</p>}
        <button type="submit" class="button-primary">Add to the list</button>
      </form>
    </section>
  );
}

function complaintsAbout(build: AttesterBuild): Partial<Record<keyof AttesterBuild, string>> {
  const digits = build.mr_enclave.length;
  return {
    ...(/^[0-9a-f]{64}$/.test(build.mr_enclave) ? {} : { mr_enclave: `An MRENCLAVE has 64 hexadecimal digits; this has ${digits} characters.` }),
    ...(build.image === "" ? { image: "Say which image the build is in." } : {}),
    ...(build.source === "" ? { source: "Say where the value comes from, so that others can follow it." } : {}),
    ...(build.added_by === "" ? { added_by: "Say who adds it." } : {}),
  };
}
