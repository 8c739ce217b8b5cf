import type { Part } from "../api/types.ts";
import { type NamedText, parseNamedBlock } from "./named-block.ts";

/** The words of a message: what a person copies. */
export function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === "text" || part.type === "refusal" ? [part.text] : [])).join("\n\n");
}

/** A person's message as it is shown: what was typed, and the texts that stand beside it. */
export function wordsAndTexts(parts: readonly Part[]): { words: string; texts: NamedText[] } {
  const texts = parts.flatMap((part) => (part.type === "text" ? (parseNamedBlock(part.text) ?? []) : []));
  const words = parts.filter((part) => part.type !== "text" || !parseNamedBlock(part.text));
  return { words: textOf(words), texts };
}
