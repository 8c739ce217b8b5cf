import type { ApiError } from "../api/errors.ts";
import { t, textOfCode } from "./index.ts";

/** One sentence for a failed request: our own for codes that this page knows, else the server's. */
export function describeError(error: ApiError): string {
  const known = textOfCode("error", error.code);
  if (known) return known;
  return error.detail || t("error.unexpected");
}
