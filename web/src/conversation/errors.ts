import type { RunFailure } from "../api/types.ts";
import { type Key, t, textOfCode } from "../i18n/index.ts";

/** One sentence for a failed answer, and what else the provider said. */
export function describeFailure(failure: RunFailure): { text: string; more: string | null } {
  const text = textOfCode("error", failure.code) ?? failure.detail ?? t("error.unexpected");
  const more = failure.message && failure.message !== text ? failure.message : null;
  return { text, more };
}

const OWNERS: [RegExp, Key][] = [
  [/^(provider|model|upstream|context|content|stream)_?/, "failure.model"],
  [/^(limit|budget|quota|rate|too_many)/, "failure.limit"],
  [/^(network|database|unavailable|overloaded)/, "failure.server"],
];

/** Who failed, as a heading: the model, a limit, or the server. */
export function failureOwner(code: string): string {
  const found = OWNERS.find(([pattern]) => pattern.test(code));
  return t(found?.[1] ?? "failure.unknown");
}
