// The service worker: keeps this build's files, all of them or none, and answers with them alone. So one visit is
// enough to work offline, and files of two builds are never mixed.
//
// A newer build is fetched beside this one and checked against its own digests; then it waits. Only the page,
// on the user's click, has it take over.

export {};

/** Put in by build.mjs: the page's files with their SHA-256, and a digest over those and this script. */
declare const BUILD: { readonly digest: string; readonly files: Readonly<Record<string, string>> };

declare const self: ServiceWorkerGlobalScope;

/** This script lies at the site's root, wherever that is. */
const ROOT = new URL("./", self.location.href);

// Other sites may share this origin, as they do on GitHub Pages.
const OURS = `cloud-witness ${ROOT.pathname} `;
const FILES = `${OURS}build ${BUILD.digest}`;
const COLLATERAL = `${OURS}collateral`;

/** Fetched anew by every load of the page, since it changes daily and the page says how old it is. */
const BUNDLE = "collateral.json";
const BUNDLE_KIND = "cloud-witness collateral bundle";

/** How long a load of the page waits for fresh collateral when some is kept. */
const PATIENCE = 10_000;

self.addEventListener("install", (event) => event.waitUntil(keepAll()));
self.addEventListener("activate", (event) => event.waitUntil(removeOtherBuilds()));

self.addEventListener("message", (event) => {
  if (event.data === "take over") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  const name = nameOf(event.request);
  if (name === BUNDLE) event.respondWith(newestBundle());
  else if (name !== null && Object.hasOwn(BUILD.files, name)) event.respondWith(file(name));
  // All else goes to the site, as it would without us.
});

function nameOf({ method, url }: Request): string | null {
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== ROOT.origin || !pathname.startsWith(ROOT.pathname)) return null;
  return pathname.slice(ROOT.pathname.length) || "index.html";
}

const urlOf = (name: string) => new URL(name, ROOT).href;

async function keepAll(): Promise<void> {
  const cache = await caches.open(FILES);
  try {
    await Promise.all(Object.keys(BUILD.files).map(async (name) => cache.put(urlOf(name), await fetchFile(name))));
  } catch (error) {
    await caches.delete(FILES);
    throw error;
  }
  // The load that registered us fetched the bundle before we could see it. A site may have none.
  await newestBundle();
}

async function removeOtherBuilds(): Promise<void> {
  const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== FILES && name !== COLLATERAL);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** The kept one. Should the browser have thrown it away, the site's, if it is still of this build. */
async function file(name: string): Promise<Response> {
  const cache = await caches.open(FILES);
  return (await cache.match(urlOf(name))) ?? fetchFile(name);
}

async function fetchFile(name: string): Promise<Response> {
  const response = await fetch(urlOf(name), { cache: "no-cache" });
  if (!response.ok) throw new Error(`${name}: the site answered ${response.status}`);
  const bytes = await response.arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex !== BUILD.files[name]) throw new Error(`${name} is not the one of this build: its SHA-256 is ${hex}`);
  return made(response, bytes);
}

/** The site's, kept for later; the kept one where the site cannot be reached or has something else there. */
async function newestBundle(): Promise<Response> {
  const cache = await caches.open(COLLATERAL);
  const kept = await cache.match(urlOf(BUNDLE));
  try {
    const response = await fetch(urlOf(BUNDLE), {
      cache: "no-cache",
      ...(kept === undefined ? {} : { signal: AbortSignal.timeout(PATIENCE) }),
    });
    if (!response.ok) return kept ?? response;
    const bytes = await response.arrayBuffer();
    if (!isBundle(bytes)) return kept ?? made(response, bytes);
    // A full disk must not cost the page what just came.
    await cache.put(urlOf(BUNDLE), made(response, bytes)).catch(() => {});
    return made(response, bytes);
  } catch {
    return kept ?? Response.error();
  }
}

/** A hotel's login page is none. What the bundle says is judged by the verifier. */
function isBundle(bytes: ArrayBuffer): boolean {
  try {
    return (JSON.parse(new TextDecoder().decode(bytes)) as { kind?: unknown } | null)?.kind === BUNDLE_KIND;
  } catch {
    return false;
  }
}

/** Made anew, because a redirected response could not answer for the page itself. */
function made(response: Response, bytes: ArrayBuffer): Response {
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  return new Response(bytes, { headers });
}
