// Has the browser keep this site by its service worker (sw.ts), and watches for newer versions. A newer version
// waits until the user takes it: the page does not change under somebody's hands, and never without being seen.

import { copy } from "./copy";

let registration: ServiceWorkerRegistration | null = null;
/** What went wrong, of what the browser itself does not remember. */
let trouble: "offline" | "refused" | null = null;
let wasReplaced = false;

export async function keep(script: string): Promise<void> {
  // Missing on plain http.
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (workers === undefined) return;
  copy.value = "looking";
  try {
    registration = await workers.register(script, { updateViaCache: "none" });
  } catch {
    copy.value = "none";
    return;
  }
  registration.addEventListener("updatefound", () => follow(registration?.installing ?? null));
  follow(registration.installing);
  if (workers.controller !== null) {
    workers.addEventListener("controllerchange", () => {
      wasReplaced = true;
      draw();
    });
  }
  if (registration.active !== null) await lookForNewer(registration);
  draw();
}

async function lookForNewer(of: ServiceWorkerRegistration): Promise<void> {
  try {
    await of.update();
  } catch {
    trouble = "offline";
  }
}

/** Sees how the installation of a version ends. */
function follow(worker: ServiceWorker | null): void {
  if (worker === null) return;
  let before = worker.state;
  worker.addEventListener("statechange", () => {
    if (before === "installing") trouble = worker.state === "redundant" ? "refused" : null;
    before = worker.state;
    draw();
  });
  draw();
}

function draw(): void {
  copy.value = state();
}

function state(): typeof copy.value {
  if (registration === null) return "none";
  // On a first visit it waits for a moment as well: there is none that it could be newer than.
  if (registration.waiting !== null) return registration.active === null ? "fetching" : "newer";
  if (registration.installing !== null) return "fetching";
  if (wasReplaced) return "replaced";
  return trouble ?? (registration.active === null ? "none" : "kept");
}

/** Starts the version that waits, and this tab with it. */
export function takeNewer(): void {
  const waiting = registration?.waiting ?? null;
  if (waiting === null) {
    location.reload();
    return;
  }
  waiting.addEventListener("statechange", () => {
    if (waiting.state === "activated") location.reload();
  });
  waiting.postMessage("take over");
}
