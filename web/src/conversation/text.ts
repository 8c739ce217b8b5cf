import type { Part } from "../api/types.ts";

/** The words of a message: what a person copies. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === "text" || part.type === "refusal" ? [part.text] : [])).join("\n\n");
}
