import { beforeAll, expect, test } from "vitest";
import { loadLocale } from "../i18n/index.ts";
import { describeFailure, type FailureKind, failureKind, failureOwner } from "./errors.ts";

beforeAll(() => loadLocale("en"));

const CODES: Record<string, FailureKind> = {
  provider_auth: "access",
  provider_forbidden: "access",
  provider_overloaded: "down",
  provider_unreachable: "down",
  provider_timeout: "down",
  provider_circuit_open: "down",
  provider_rate_limited: "rate",
  rate_limited: "rate",
  too_many_runs: "rate",
  busy: "rate",
  provider_quota: "quota",
  context_too_long: "context",
  content_filtered: "filter",
  model_not_found: "model",
  provider_rejected: "model",
  too_many_steps: "model",
  forbidden: "policy",
  administrator_required: "policy",
  internal_error: "server",
  database_unavailable: "server",
  run_too_long: "server",
  network: "server",
  something_new: "unknown",
};

test.each(Object.entries(CODES))("%s is a failure of the kind %s", (code, kind) => {
  expect(failureKind(code)).toBe(kind);
});

test("the heading names who failed", () => {
  const names = { model: "Big model", provider: "Vendor" };
  expect(failureOwner("model_not_found", names)).toContain("Big model");
  expect(failureOwner("provider_auth", names)).toContain("Vendor");
  expect(failureOwner("provider_rate_limited", names)).toContain("Vendor");
  expect(failureOwner("rate_limited", names)).not.toContain("Vendor");
});

test("a code that this page does not know is told in the server's words", () => {
  expect(describeFailure({ code: "new_code", detail: "It is new.", message: "upstream said so" })).toEqual({
    text: "It is new.",
    more: "upstream said so",
  });
});
