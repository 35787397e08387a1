// The page's one Trusted Types policy: it lets a script's URL through only when it is one of this page's own.

interface Policies {
  createPolicy(name: string, rules: { createScriptURL: (name: string) => string }): { createScriptURL: (name: string) => string };
}

const policies = (window as { trustedTypes?: Policies }).trustedTypes;

/** What lets through the address that `addressOf` makes of a name, and nothing where that throws. Can be asked for once a page. */
export function scriptPolicy<Name extends string>(addressOf: (name: string) => string): (name: Name) => string {
  const rules = { createScriptURL: addressOf };
  // Browsers without Trusted Types take the address as it is.
  const policy = policies === undefined ? rules : policies.createPolicy("own-scripts", rules);
  return (name) => policy.createScriptURL(name);
}
