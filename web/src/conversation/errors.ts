import type { RunFailure } from "../api/types.ts";
import { type Key, t, textOfCode } from "../i18n/index.ts";

/** One sentence for a failed answer, and what else the provider said. */
export function describeFailure(failure: RunFailure): { text: string; more: string | null } {
  const text = textOfCode("error", failure.code) ?? failure.detail ?? t("error.unexpected");
  const more = failure.message && failure.message !== text ? failure.message : null;
  return { text, more };
}

/** What kind of failure it is: it decides who is to blame and which ways on there are. */
export type FailureKind = "access" | "down" | "rate" | "quota" | "context" | "filter" | "model" | "policy" | "server" | "unknown";

const KINDS: [RegExp, FailureKind][] = [
  [/^provider_(auth|forbidden)$/, "access"],
  [/^provider_quota$/, "quota"],
  [/^(provider_rate_limited|rate_limited|busy|too_many_\w+|limit_reached)$/, "rate"],
  [/^context_too_long$/, "context"],
  [/^content_filtered$/, "filter"],
  [/^(model_\w+|empty_answer|too_many_steps|provider_(rejected|prefill_refused))$/, "model"],
  [/^provider_/, "down"],
  [/(forbidden|required|scope_\w+)$/, "policy"],
  [/^(internal_error|database_\w+|storage_full|unavailable|starting|run_\w+|continuation_off|network|\w+_unavailable)$/, "server"],
];

export function failureKind(code: string): FailureKind {
  if (code === "too_many_steps") return "model";
  return KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? "unknown";
}

const OWNERS: Record<FailureKind, Key> = {
  access: "failure.access",
  down: "failure.down",
  rate: "failure.limit",
  quota: "failure.quota",
  context: "failure.context",
  filter: "failure.filter",
  model: "failure.model",
  policy: "failure.policy",
  server: "failure.server",
  unknown: "failure.unknown",
};

/** Who failed, as a heading: the model by its name, the provider by its own, a limit, a rule, or the server. */
export function failureOwner(code: string, names: { model: string; provider: string }): string {
  return t(code === "provider_rate_limited" ? "failure.rate" : OWNERS[failureKind(code)], names);
}

/** Kinds for which an administrator finds the remedy in the providers' settings. */
export const IN_SETTINGS: ReadonlySet<FailureKind> = new Set(["access", "quota", "down", "model"]);
