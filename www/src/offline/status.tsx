import { verifierInfo } from "cloud-witness";
import { engine } from "../verifier/engine";
import { formatUtc } from "../time";
import { draftText } from "../ceremony/draft";
import { afterReload } from "../ui/kept";
import { copy, type Copy } from "./copy";
import { takeNewer } from "./keep";

const STATUS = "copy-status";

/** Whether this is the newest version, as far as the browser could find out. */
export function OfflineStatus() {
  const now = copy.value;
  const isOld = now === "newer" || now === "replaced";
  return (
    <div class="no-print" role="status" id={STATUS} tabIndex={-1} data-copy={now}>
      <p>{WORDS[now]}{isOld && ` What you entered under Check is then gone; ${afterReload(draftText, "a ceremony")}.`}{now === "offline" || now === "refused" ? ` ${build()}` : ""}</p>
      {isOld && <button type="button" class="button-small" onClick={takeNewer}>Reload</button>}
    </div>
  );
}

/** Where everybody looks: that this is not the newest version. What to do stands at the foot, with what it costs. */
export function OldVersionNotice() {
  const now = copy.value;
  if (now !== "newer" && now !== "replaced" && now !== "refused") return null;
  return (
    <aside class="notice no-print" aria-label="Version of this page" data-old-version>
      This is not the site's newest version. <button type="button" class="button-small" onClick={showStatus}>Why, and what to do</button>
    </aside>
  );
}

function showStatus() {
  const status = document.getElementById(STATUS);
  status?.scrollIntoView({ block: "center" });
  status?.focus({ preventScroll: true });
}

const WORDS: Readonly<Record<Copy, string>> = {
  none: "",
  looking: "Looking for a newer version…",
  fetching: "Keeping this site's files for offline use…",
  kept: "Works offline.",
  newer: "A newer version is ready. This tab goes on with the one it has until you reload.",
  replaced: "A newer version was taken in another tab. This one goes on with the one it has until you reload.",
  offline: "You are offline, or the site cannot be reached: a newer version may exist.",
  refused: "What the site has now could not be kept: its files did not all come, or are not the ones that it lists.",
};

function build(): string {
  return engine.value === "ready" ? `This is the build of ${formatUtc(verifierInfo().commit_time)}.` : "";
}
