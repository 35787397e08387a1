// Many files at once: dropped, verified one after the other, and shown as a table to sort, to filter and to save.

import { useMemo, useState } from "preact/hooks";
import { LoadedLists } from "../registry/loaded";
import { VERDICT_ICONS } from "../report/words";
import { formatUtc } from "../time";
import { openOnEnter } from "../ui/document";
import { Drop } from "../ui/drop";
import { TextField } from "../ui/field";
import { FilePicker } from "../ui/file";
import { Icon } from "../ui/icon";
import { saveFile } from "../ui/save";
import { bundle, engine } from "../verifier/engine";
import { asCsv, asJson, asOf, ownCollateral, rows, run, stop, verifyFiles, wordOf, type Row } from "./store";

export function ManyView() {
  return (
    <div class="many-view">
      <h1>Check many files</h1>
      <p class="lead">Drop the attester's files of many machines, or quotes, or a whole folder. Each is checked by itself, as it would be alone; nothing leaves this tab.</p>
      <p class="hint">Challenges and noted hashes belong to one ceremony each, so none is compared here: the best verdict is a warning. To look at one file whole, use <a href="#/check">Check</a>.</p>
      <div class="many-settings">
        <TextField id="field-many-asOf" label="As of (UTC); leave empty for now" placeholder="2025-06-20 14:03:22" value={asOf.value} onInput={(text) => (asOf.value = text)} />
        <OwnCollateral />
        <LoadedLists />
      </div>
      <Choose />
      {run.value !== null && <Progress />}
      {rows.value.length > 0 && <Table all={rows.value} />}
    </div>
  );
}

function OwnCollateral() {
  const own = ownCollateral.value;
  return (
    <div>
      <p><strong>Collateral:</strong> {own !== null ? <bdi>{own.name}</bdi> : bundle.value !== null ? "this site's" : "none: this site has none. Give a file."}</p>
      <FilePicker id="field-many-collateral" label="Use a file of your own" onFile={(file) => void (ownCollateral.value = file)} />
      {own !== null && <button type="button" onClick={() => (ownCollateral.value = null)}>Use this site's</button>}
    </div>
  );
}

function Choose() {
  const isReady = engine.value === "ready";
  const take = (list: FileList | null | undefined) => {
    if (isReady && list != null && list.length > 0) void verifyFiles([...list]);
  };
  const picker = (id: string, label: string, isFolder: boolean) => (
    <>
      <input
        type="file"
        id={id}
        class="visually-hidden"
        multiple
        disabled={!isReady}
        {...(isFolder ? { webkitdirectory: true } : {})}
        onKeyDown={openOnEnter}
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = "";
        }}
      />
      <label for={id} class="button-like">{label}</label>
    </>
  );
  return (
    <Drop onFiles={take}>
      {picker("field-many", "Choose files", false)} {picker("field-many-folder", "Choose a folder", true)}
      <span class="drop-or"> or drop files here</span>
    </Drop>
  );
}

function Progress() {
  const { total, isRunning, complaint } = run.value!;
  const done = rows.value.length;
  if (complaint !== "") return <p class="problem" role="alert">{complaint}</p>;
  return (
    <div class="field-line">
      <label for="many-progress">{isRunning ? "Checking" : done < total ? "Stopped" : "Done"}: {done.toLocaleString("en")} of {total.toLocaleString("en")}</label>
      <progress id="many-progress" max={total} value={done} />
      {isRunning && <button type="button" onClick={stop}>Stop</button>}
    </div>
  );
}

type Column = "file" | "verdict" | "ppid" | "registry" | "fmspc" | "tcb_status" | "code";

const COLUMNS: Readonly<Record<Column, string>> = {
  file: "File", verdict: "Verdict", ppid: "Machine (PPID)", registry: "Standing", fmspc: "FMSPC", tcb_status: "TCB status", code: "Weightiest reason",
};

/** So many rows are drawn at first: a browser lays out a hundred thousand only slowly, and nobody reads them. */
const PAGE = 200;

function Table({ all }: { all: readonly Row[] }) {
  const [sort, setSort] = useState<{ by: Column; down: boolean } | null>(null);
  const [verdict, setVerdict] = useState("");
  const [words, setWords] = useState("");
  const [shown, setShown] = useState(PAGE);
  const chosen = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    const found = all.filter((row) =>
      (verdict === "" || wordOf(row) === verdict)
      && (wanted === "" || row.registry === wanted || [row.file, row.ppid, row.fmspc, row.tcb_status, row.code].some((text) => text?.toLowerCase().includes(wanted))));
    if (sort === null) return found;
    const sign = sort.down ? -1 : 1;
    return found.sort((a, b) => sign * (a[sort.by] ?? "").localeCompare(b[sort.by] ?? "", "en"));
  }, [all, sort, verdict, words]);
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const row of all) found.set(wordOf(row), (found.get(wordOf(row)) ?? 0) + 1);
    return found;
  }, [all]);
  const hasLists = all.some(({ registry }) => registry !== null);
  const columns = (Object.keys(COLUMNS) as Column[]).filter((column) => column !== "registry" || hasLists);
  return (
    <section aria-labelledby="many-title">
      <h2 id="many-title">{all.length.toLocaleString("en")} files: {[...counts].map(([word, count]) => `${count.toLocaleString("en")} ${word}`).join(", ")}</h2>
      <div class="field-line many-filter">
        <label for="many-verdict">Show</label>
        <select id="many-verdict" value={verdict} onChange={(event) => setVerdict(event.currentTarget.value)}>
          <option value="">all</option>
          {[...counts.keys()].map((word) => <option key={word} value={word}>{word}</option>)}
        </select>
        <label for="many-words">with the words</label>
        <input id="many-words" type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        <button type="button" onClick={() => saveFile("cloud-witness-many.csv", asCsv(chosen), "text/csv")}>Save as CSV</button>
        <button type="button" onClick={() => saveFile("cloud-witness-many.json", asJson(chosen))}>Save as JSON</button>
      </div>
      <p class="hint" role="status">{chosen.length.toLocaleString("en")} shown{all[0]?.at != null && <>, about {formatUtc(all[0].at)}</>}.</p>
      <div class="table" tabIndex={0} role="region" aria-label="What came of each file">
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col" aria-sort={sort?.by === column ? (sort.down ? "descending" : "ascending") : "none"}>
                  <button type="button" class="button-plain" onClick={() => setSort({ by: column, down: sort?.by === column && !sort.down })}>
                    {COLUMNS[column]}{sort?.by === column && <span aria-hidden="true">{sort.down ? " ↓" : " ↑"}</span>}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {chosen.slice(0, shown).map((row, index) => (
              <tr key={index} data-many-verdict={wordOf(row)}>
                <td><bdi>{row.file}</bdi></td>
                <td>{row.verdict !== null && <Icon name={VERDICT_ICONS[row.verdict]} />} {wordOf(row)}</td>
                <td class="code">{row.ppid ?? "–"}</td>
                {hasLists && <td>{row.registry ?? "–"}</td>}
                <td class="code">{row.fmspc ?? "–"}</td>
                <td>{row.tcb_status ?? "–"}</td>
                <td>{row.code !== null ? <><code>{row.code}</code> <span class="hint">{row.summary}</span></> : row.summary}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown < chosen.length && <button type="button" onClick={() => setShown(shown + 5 * PAGE)}>Show {Math.min(5 * PAGE, chosen.length - shown).toLocaleString("en")} more</button>}
    </section>
  );
}
