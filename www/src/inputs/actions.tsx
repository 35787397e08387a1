import { engine } from "../verifier/engine";
import { sampleCeremonies } from "../sample";
import { clear, loadSample, outcome, undo, undoable } from "../state";
import { Steady } from "../ui/steady";

export function SampleOffer() {
  return (
    <div class="sample-offer">
      <p>New here? A sample fills in this form with what a real machine gave.</p>
      {sampleCeremonies.map((ceremony, index) => (
        <div key={ceremony.name}>
          <button type="button" onClick={() => loadSample(index)}>
            Try it with a real sample{sampleCeremonies.length > 1 ? `: ${ceremony.name}` : ""}
          </button>
          <p class="hint">{ceremony.note}</p>
        </div>
      ))}
    </div>
  );
}

export function Actions() {
  return (
    <div class="actions">
      <button type="submit" class="button-primary" disabled={engine.value !== "ready"}><Steady longest="Checking…"><VerifyWords /></Steady></button>
      <button type="button" onClick={clear}>Clear</button>
      {undoable.value !== null && <button type="button" onClick={undo}>Undo</button>}
    </div>
  );
}

function VerifyWords() {
  if (engine.value === "loading") return <>Loading…<span class="visually-hidden"> the verifier</span></>;
  return <>{outcome.value?.state === "checking" ? "Checking…" : "Verify"}</>;
}
