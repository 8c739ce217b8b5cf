import katex from "katex";
import "katex/dist/katex.min.css";
import "./math.css";

/**
 * A formula as nodes. KaTeX builds them beside the page (its HTML text would carry inline styles, which the page's policy refuses).
 * Throws when KaTeX cannot read it.
 */
export function setFormula(text: string, display: boolean): ChildNode[] {
  const detached = document.createElement("span");
  katex.render(text, detached, { displayMode: display, throwOnError: true, trust: false, strict: "ignore", maxExpand: 500, maxSize: 20 });
  return [...detached.childNodes];
}

/** What KaTeX says about a formula that it cannot read. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^KaTeX parse error: /, "").slice(0, 300) : "";
}
