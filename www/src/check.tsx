// Checking a file: the inputs on one side, the Report beside or below.

import { useEffect } from "preact/hooks";
import { InputForm } from "./inputs/form";
import { Meaning } from "./report/meaning";
import { Result } from "./report/result";
import { address } from "./views";

export function CheckView() {
  useEffect(openDetailsForPrint, []);
  return (
    <>
      <h1>Check a file</h1>
      <p class="hint no-print">Or <a href={address("many")}>check many files</a> at once.</p>
      <div class="columns">
        <section class="column-inputs" id="inputs" aria-label="What to check">
          <InputForm />
        </section>
        <section class="column-report" id="report" aria-label="What came of it">
          <Result />
          <Meaning />
        </section>
      </div>
    </>
  );
}

/** Paper can't be unfolded: what belongs on it is opened for it. */
function openDetailsForPrint(): () => void {
  let opened: HTMLDetailsElement[] = [];
  const open = () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("details[data-print]:not([open])")];
    for (const details of opened) details.open = true;
  };
  const close = () => {
    for (const details of opened) details.open = false;
    opened = [];
  };
  window.addEventListener("beforeprint", open);
  window.addEventListener("afterprint", close);
  return () => {
    window.removeEventListener("beforeprint", open);
    window.removeEventListener("afterprint", close);
  };
}
