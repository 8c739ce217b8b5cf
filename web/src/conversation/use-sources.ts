import { useRef } from "react";
import type { CitationPart, Part } from "../api/types.ts";
import { sourcesOf } from "./sources.ts";

/** The sources of an answer: the same list until another one comes, since the whole text is rendered again with a new list. */
export function useSources(parts: readonly Part[]): readonly CitationPart[] {
  const before = useRef<readonly CitationPart[]>([]);
  const found = sourcesOf(parts.filter((part) => part.type === "citation"));
  if (!hasSameItems(before.current, found)) before.current = found;
  return before.current;
}

function hasSameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}
