// The page's way in. Everything follows one direction: inputs → verify → Report.

import { render } from "preact";
import { App } from "./app";
import { host } from "cloud-witness-host";
import { findKey } from "./keys/store";
import { engine, loadEngine } from "./verifier/engine";
import { dropStaleVerdict } from "./state";
import { followAddress } from "./views";

if (window.top === window.self) {
  start();
} else {
  refuseToBeFramed();
}

function start(): void {
  const page = document.getElementById("page");
  if (page === null) return;
  page.replaceChildren();
  render(<App />, page);
  followAddress();
  keepStrayFilesOut();
  setInterval(dropStaleVerdict, 20_000);
  document.addEventListener("visibilitychange", dropStaleVerdict);
  // Keeping the files comes after loading them, so that it takes nothing from that.
  void loadEngine().then(() => (engine.peek() === "ready" ? findKey() : undefined)).finally(host.keepOffline);
}

/** A page around this one could cover it with false labels, so nothing works inside another page. */
function refuseToBeFramed(): void {
  const message = document.createElement("p");
  message.className = "loading";
  message.textContent =
    "Cloud Witness does not work inside another page, because that page could change what you see. " +
    "Open it in a tab of its own.";
  document.body.replaceChildren(message);
}

/** A file that is dropped beside a drop zone would otherwise be opened by the browser in place of this page. */
function keepStrayFilesOut(): void {
  for (const type of ["dragover", "drop"] as const) {
    document.addEventListener(type, (event) => event.preventDefault());
  }
}
