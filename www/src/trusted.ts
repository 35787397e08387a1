// The page's one Trusted Types policy: it lets a script's URL through only when it is one of this site's own files.

export type OwnScript = "worker.js" | "sw.js";

const OWN: readonly OwnScript[] = ["worker.js", "sw.js"];

interface Policies {
  createPolicy(name: string, rules: { createScriptURL: (name: string) => string }): { createScriptURL: (name: string) => string };
}

const policies = (window as { trustedTypes?: Policies }).trustedTypes;

const rules = {
  createScriptURL(name: string): string {
    if (!(OWN as readonly string[]).includes(name)) throw new TypeError(`${name} is no script of this site`);
    return new URL(name, document.baseURI).href;
  },
};

/** Browsers without Trusted Types take the URL as it is. */
const policy = policies === undefined ? rules : policies.createPolicy("own-scripts", rules);

export function ownScript(name: OwnScript): string {
  return policy.createScriptURL(name);
}
