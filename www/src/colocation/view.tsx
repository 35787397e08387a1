// Evidence of a machine in colocation: add it, check it, and see what it protects against.

import { useState } from "preact/hooks";
import { recordText } from "../record/store";
import { Confirm } from "../ui/confirm";
import { TextField } from "../ui/field";
import { whereKept } from "../ui/kept";
import { saveFile } from "../ui/save";
import { Steady } from "../ui/steady";
import { engine } from "../verifier/engine";
import { focusSoon, Item } from "./item";
import { KINDS, SPECS, type Kind } from "./kinds";
import { addItem, check, checked, draft, draftText, removeAll, setMachine, withRecord } from "./store";
import { Templates } from "./templates";
import { Trust } from "./trust";

export function ColocationView() {
  const { machine, items } = draft.value;
  const now = checked.value;
  const report = now?.state === "report" ? now.report : null;
  return (
    <div class="colocation-view">
      <h1>Colocation</h1>
      <p class="lead">
        A machine in colocation has no provider's console to show. So evidence is combined, and each kind protects against
        some attackers and not against others. Each is checked here as far as a file can be, and the page says how far.
      </p>
      <p class="hint">
        Nothing is looked up: you give the files, and they stay in this tab. {whereKept(draftText, "What you type is", "what you type is gone after a reload")} Files are never kept.
      </p>
      <TextField
        id="field-machine"
        label="The machine"
        code
        value={machine}
        onInput={setMachine}
        hint="Its key from a ceremony's record or from Check: intel:sgx:ppid: (or tdx), and 32 digits."
      />
      {recordText.value !== "" && (
        <p class="radio">
          <input type="checkbox" id="field-with-record" checked={withRecord.value} onChange={(event) => (withRecord.value = event.currentTarget.checked)} />
          <label for="field-with-record">Take the record along that is open under <a href="#/record">Record</a>, if it is of this machine on a bare-metal cloud</label>
        </p>
      )}
      <h2>Evidence: {items.length === 0 ? "none yet" : items.length === 1 ? "1 item" : `${items.length} items`}</h2>
      {items.map((item, index) => (
        <Item key={item.id} item={item} number={index + 1} report={report?.items[index] ?? null} />
      ))}
      <Add />
      {items.length > 0 && (
        <div class="field-line">
          <button type="button" class="button-primary" disabled={engine.value !== "ready" || now?.state === "checking"} onClick={() => void checkAndShow()}>
            <Steady longest="Check the evidence">{now?.state === "checking" ? "Checking…" : "Check the evidence"}</Steady>
          </button>
          {report !== null && <button type="button" onClick={() => saveFile("colocation-report.json", JSON.stringify(report, null, 2))}>Save what was found</button>}
          <Confirm action="Remove all" confirm="Yes, remove all of it" onConfirm={() => { removeAll(); document.getElementById("main")?.focus(); }} />
        </div>
      )}
      {now?.state === "failed" && <p class="problem" role="alert">{now.message}</p>}
      {report !== null && <Trust table={report.trust} />}
      <Templates />
    </div>
  );
}

async function checkAndShow(): Promise<void> {
  const asked = document.activeElement;
  await check();
  // A long log takes seconds: whoever went on meanwhile stays where they are.
  const isStill = document.activeElement === asked || document.activeElement === document.body;
  if (checked.peek()?.state === "report" && isStill) focusSoon("trust-title");
}

function Add() {
  const [kind, choose] = useState<Kind>("owner_claim");
  return (
    <div class="field colocation-add">
      <label for="field-kind">Kind of evidence</label>
      <div class="field-line">
        <select id="field-kind" value={kind} onChange={(event) => choose(event.currentTarget.value as Kind)}>
          {KINDS.map((one) => <option key={one} value={one}>{SPECS[one].title}</option>)}
        </select>
        <button type="button" onClick={() => focusSoon(`item-${addItem(kind)}-title`)}>Add it</button>
      </div>
      <p class="hint">{SPECS[kind].about}</p>
    </div>
  );
}
