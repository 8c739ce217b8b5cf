import type { CitationPart } from "../api/types.ts";
import { safeHref } from "../markdown/nodes.ts";

/** The sources of an answer in the order in which it named them, each once: a source's number is its place here. */
export function sourcesOf(items: readonly CitationPart[]): CitationPart[] {
  return [...new Map(items.flatMap((item) => (safeHref(item.url) ? [[item.url, item] as const] : []))).values()];
}
