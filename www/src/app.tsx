// The page: a way through its views, the view itself, and which build this is.

import { useLayoutEffect, useRef } from "preact/hooks";
import { AboutView } from "./about/view";
import { AttestersView } from "./attesters/view";
import { CeremonyView } from "./ceremony/view";
import { ChallengeView } from "./challenge/view";
import { ColocationView } from "./colocation/view";
import { CollateralView } from "./collateral/view";
import { CheckView } from "./check";
import { DocsView } from "./docs/view";
import { Front } from "./front";
import { KeysView } from "./keys/view";
import { ManyView } from "./many/view";
import { OldVersionNotice } from "./offline/status";
import { RecordView } from "./record/view";
import { EnrolView } from "./registry/enrol-view";
import { SecondView } from "./registry/second-view";
import { RegistryView } from "./registry/view";
import { ScheduleView } from "./schedule/view";
import { TokenView } from "./token/view";
import { Announcer } from "./report/announcer";
import { Footer } from "./footer";
import { engine } from "./verifier/engine";
import { address, part, TABS, view, VIEWS, type View } from "./views";

const DRAWN: Readonly<Record<View, () => preact.JSX.Element>> = {
  "": Front,
  ceremony: CeremonyView,
  colocation: ColocationView,
  record: RecordView,
  check: CheckView,
  many: ManyView,
  token: TokenView,
  challenge: ChallengeView,
  schedule: ScheduleView,
  registry: RegistryView,
  enrol: EnrolView,
  second: SecondView,
  collateral: CollateralView,
  attesters: AttestersView,
  keys: KeysView,
  docs: DocsView,
  about: AboutView,
};

export function App() {
  const current = view.value;
  const Drawn = DRAWN[current];
  useFocusOnChange(current, part.value.split("/")[0] ?? "");
  return (
    <>
      <Nav current={current} />
      <Announcer />
      {engine.value === "failed" && (
        <p class="problem notice" role="alert">
          The verifier could not be loaded. Check your connection and load this page again; nothing can be verified until then.
        </p>
      )}
      {engine.value === "silent" && (
        <p class="problem notice" role="alert">
          The verifier was loaded, and gave no answer, twice, the second time in a fresh thread. Nothing can be verified in this tab: load
          this page again, or use another browser.
        </p>
      )}
      <OldVersionNotice />
      <main class="view" id="main" tabIndex={-1} data-view={current === "" ? "front" : current}>
        <Drawn />
      </main>
      <Footer />
    </>
  );
}

/** The tabs, and below them the parts of the one that is open. How to check the page is at its foot, where it says which build it is. */
function Nav({ current }: { current: View }) {
  const open = TABS.find(({ parts }) => parts.some(([name]) => name === current));
  return (
    <>
      <nav class="nav" aria-label="Pages">
        <ul>
          {TABS.map((tab) => (
            <li key={tab.name}><a href={address(tab.parts[0]![0])} aria-current={tab !== open ? undefined : tab.parts.length === 1 ? "page" : "true"}>{tab.name}</a></li>
          ))}
        </ul>
      </nav>
      {open !== undefined && open.parts.length > 1 && (
        <nav class="nav nav-parts" aria-label={`Parts of ${open.name}`}>
          <ul>
            {open.parts.map(([name, words]) => (
              <li key={name}><a href={address(name)} aria-current={current === name ? "page" : undefined}>{words}</a></li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}

/**
 * A new view begins at its top, for the eyes and for a screen reader alike: as soon as it is drawn, or a quick Tab
 * would be taken back.
 */
function useFocusOnChange(current: View, text: string): void {
  const shown = useRef(`${current}/${text}`);
  useLayoutEffect(() => {
    document.title = current === "" ? "Cloud Witness" : `${VIEWS[current]} · Cloud Witness`;
    if (shown.current === `${current}/${text}`) return;
    shown.current = `${current}/${text}`;
    window.scrollTo(0, 0);
    document.getElementById("main")?.focus({ preventScroll: true });
  }, [current, text]);
}
