// The lists of known and revoked machines: loaded here, searched here, and used wherever a file is checked.

import type { MachineEntry } from "cloud-witness";
import { useEffect, useRef, useState } from "preact/hooks";
import { openOnEnter } from "../ui/document";
import { Drop } from "../ui/drop";
import { Hex, isLongHex } from "../ui/hex";
import { Icon } from "../ui/icon";
import { engine, type MachineListName } from "../verifier/engine";
import { faultOf } from "../verifier/fault";
import { address } from "../views";
import { dropList, lists, loadList, PAGE, search, type Loaded, type Page } from "./store";

export function RegistryView() {
  return (
    <div class="registry-view">
      <h1>Known machines</h1>
      <p class="lead">
        The registry is a list of machines that were seen in a cloud. Load its files here: every file that you{" "}
        <a href={address("check")}>check</a>, and every <a href={address("record")}>record</a> that you open, then says whether
        its machine is known, new or revoked.
      </p>
      <List name="known" title="Known machines" hint="known.csv (lines of id,label), the charter's JSON entries, or signed records; one file or several." />
      <List name="revoked" title="Revoked machines" hint="revoked.csv, in the same forms. No file of a machine on it is accepted; a record from before says it beside its verdict." />
    </div>
  );
}

function List({ name, title, hint }: { name: MachineListName; title: string; hint: string }) {
  const loaded = lists[name].value;
  const count = loaded?.list.entries ?? 0;
  return (
    <section class="panel" aria-labelledby={`list-${name}-title`} data-machines={name}>
      <h2 id={`list-${name}-title`}>{title}: {loaded === null ? "no list" : count.toLocaleString("en")}</h2>
      <p class="hint">{hint} It stays in this tab and is gone when you close it.</p>
      <Choose name={name} isOther={loaded !== null} />
      {loaded !== null && <About name={name} loaded={loaded} />}
      {loaded !== null && count > 0 && <Search key={loaded.list.files.join()} name={name} />}
    </section>
  );
}

/** Far above what the verifier accepts; it only keeps a wrong pick (a disk image) out of memory. */
const MOST_BYTES = 64 * 1024 * 1024;

function Choose({ name, isOther }: { name: MachineListName; isOther: boolean }) {
  const [said, say] = useState<{ busy: string } | { complaint: string } | null>(null);
  const newest = useRef(0);
  const id = `field-list-${name}`;

  async function take(picked: FileList | null | undefined) {
    const files = [...(picked ?? [])];
    if (files.length === 0 || engine.peek() !== "ready") return;
    newest.current += 1;
    const mine = newest.current;
    const tooMuch = files.reduce((sum, file) => sum + file.size, 0) > MOST_BYTES;
    if (tooMuch) return say({ complaint: "These files have far more bytes than a list can have, and were not read." });
    say({ busy: `Reading ${files.map((file) => file.name).join(", ")}…` });
    try {
      const read = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
      if (mine !== newest.current) return;
      await loadList(name, read);
      if (mine === newest.current) say(null);
    } catch (thrown) {
      if (mine === newest.current) say({ complaint: `${faultOf(thrown).message}${isOther ? " The list before stays." : ""}` });
    }
  }

  return (
    <Drop onFiles={(files) => void take(files)}>
      <input
        type="file"
        id={id}
        class="visually-hidden"
        multiple
        aria-describedby={`${id}-said`}
        onKeyDown={openOnEnter}
        onChange={(event) => {
          void take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      <label for={id} class="button-like">{isOther ? "Choose another list" : "Choose the list"}<span class="visually-hidden"> of {name} machines</span></label>
      <span class="drop-or"> or drop its files here</span>
      <div id={`${id}-said`} role="status">
        {said !== null && ("busy" in said ? <p>{said.busy}</p> : <p class="problem">{said.complaint}</p>)}
      </div>
    </Drop>
  );
}

function About({ name, loaded: { names, list, took } }: { name: MachineListName; loaded: Loaded }) {
  const schemes = Object.entries(list.schemes).map(([scheme, count]) => `${count!.toLocaleString("en")} by ${scheme}`);
  return (
    <>
      <p>
        {names.map((file) => <bdi class="document-name" key={file}>{file} </bdi>)}
        read in {Math.round(took).toLocaleString("en")} ms{schemes.length > 0 && <>: {schemes.join(", ")}</>}
        {list.prefix_digits.length > 0 && <>; prefixes of {list.prefix_digits.join(", ")} digits</>}.{" "}
        <button type="button" class="button-small" onClick={() => void dropList(name)}>Remove<span class="visually-hidden"> the list of {name} machines</span></button>
      </p>
      {list.unusable > 0 && <p class="problem">{list.unusable.toLocaleString("en")} {list.unusable === 1 ? "line" : "lines"} cannot be used. As long as there are such lines, no machine can be said to be absent from this list.</p>}
      {list.findings.length > 0 && (
        <details open={list.unusable > 0}>
          <summary>{(list.unusable + list.remarks).toLocaleString("en")} remarks{list.findings.length < list.unusable + list.remarks && `, the first ${list.findings.length}`}</summary>
          <ul class="attention">
            {list.findings.map((finding, index) => (
              <li key={index} data-outcome={finding.outcome} data-code={finding.code}>
                <Icon name={finding.outcome === "fail" ? "cross" : "warning"} />
                <span>{finding.place}: {finding.detail} {finding.advice} <code>{finding.code}</code></span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** A page of what is found at a time: a browser lays out a hundred thousand rows only slowly, and nobody reads them. */
function Search({ name }: { name: MachineListName }) {
  const [words, setWords] = useState("");
  const [offset, setOffset] = useState(0);
  const [found, setFound] = useState<(Page & { words: string; offset: number }) | null>(null);
  const [complaint, complain] = useState("");
  useEffect(() => {
    let isNewest = true;
    complain("");
    void search(name, words, offset).then((page) => isNewest && setFound({ ...page, words, offset }), (thrown) => isNewest && complain(faultOf(thrown).message));
    return () => {
      isNewest = false;
    };
  }, [name, words, offset]);
  const total = found?.total ?? 0;
  const shown = found?.entries.length ?? 0;
  const turn = (to: number) => setOffset(to);
  return (
    <div data-found={found === null || found.words !== words || found.offset !== offset ? "searching" : total}>
      <div class="field-line many-filter">
        <label for={`search-${name}`}>Find a machine</label>
        <input id={`search-${name}`} type="search" autocomplete="off" spellcheck={false} value={words} onInput={({ currentTarget }) => {
          setWords(currentTarget.value);
          setOffset(0);
        }} />
        <span role="status" class="hint">
          {complaint !== "" ? "" : found === null ? "Searching…" : total === 0 ? "None." : `${(found.offset + 1).toLocaleString("en")} to ${(found.offset + shown).toLocaleString("en")} of ${total.toLocaleString("en")}`}
        </span>
      </div>
      {complaint !== "" && <p class="problem" role="alert">{complaint}</p>}
      {total > 0 && (
        <div class="table" tabIndex={0} role="region" aria-label={`The list of ${name} machines`}>
          <table>
            <thead><tr><th scope="col">Machine</th><th scope="col">Scheme</th><th scope="col">Label</th><th scope="col">Where</th></tr></thead>
            <tbody>{found!.entries.map((entry) => <Entry key={`${entry.place} ${entry.id}`} entry={entry} />)}</tbody>
          </table>
        </div>
      )}
      {total > PAGE && (
        <p class="field-line">
          <button type="button" disabled={offset === 0} onClick={() => turn(Math.max(0, offset - PAGE))}>Back</button>
          <button type="button" disabled={offset + PAGE >= total} onClick={() => turn(offset + PAGE)}>Next</button>
          <button type="button" disabled={offset === 0} onClick={() => turn(0)}>First</button>
          <button type="button" disabled={offset + PAGE >= total} onClick={() => turn(Math.floor((total - 1) / PAGE) * PAGE)}>Last</button>
        </p>
      )}
    </div>
  );
}

/** Everything in here was written by whoever keeps the list: text, and nothing else. */
function Entry({ entry }: { entry: MachineEntry }) {
  return (
    <tr data-machine={entry.id}>
      <td class="code">{isLongHex(entry.id) ? <Hex value={entry.id} /> : entry.id}</td>
      <td>{entry.scheme}</td>
      <td><bdi>{entry.label}</bdi>{entry.charter !== null && <span class="hint"> level {entry.charter.level}, <bdi>{entry.charter.method}</bdi>, {entry.charter.endorsements} endorsements</span>}</td>
      <td class="hint">{entry.place}</td>
    </tr>
  );
}
