// The page below its header: inputs on one side, the Report beside or below.

import { useEffect } from "preact/hooks";
import { InputForm } from "./inputs/form";
import { Announcer } from "./report/announcer";
import { Footer } from "./report/footer";
import { Meaning } from "./report/meaning";
import { Result } from "./report/result";

export function App() {
  useEffect(openDetailsForPrint, []);
  return (
    <>
      <div class="columns">
        <section class="column-inputs" id="inputs" aria-label="What to check">
          <InputForm />
        </section>
        <main class="column-report" id="report">
          <Announcer />
          <Result />
          <Meaning />
        </main>
      </div>
      <Footer />
    </>
  );
}

/** Paper can't be unfolded. */
function openDetailsForPrint(): () => void {
  let opened: HTMLDetailsElement[] = [];
  const open = () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>("#report details:not([open])")];
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
