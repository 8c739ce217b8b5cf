/** The page's one Trusted Types policy. It makes addresses of scripts of this server, for the one sink that needs them: the service worker. */
type Policy = { createScriptURL(url: string): string };
type Factory = { createPolicy(name: string, rules: Policy): Policy };

let policy: Policy | null = null;

export function scriptUrl(path: string): string {
  policy ??= create({ createScriptURL: ownScript });
  return policy.createScriptURL(path);
}

function ownScript(path: string): string {
  const url = new URL(path, location.origin);
  if (url.origin !== location.origin) throw new TypeError("a script of another site");
  return url.href;
}

function create(rules: Policy): Policy {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  return trustedTypes ? trustedTypes.createPolicy("portico", rules) : rules;
}
