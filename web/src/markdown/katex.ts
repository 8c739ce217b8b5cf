import katex from "katex";
import "katex/dist/katex.min.css";

/** A formula as nodes. KaTeX builds them beside the page (its HTML text would carry inline styles, which the page's policy refuses). */
export function setFormula(text: string, display: boolean): ChildNode[] {
  const detached = document.createElement("span");
  katex.render(text, detached, {
    displayMode: display,
    throwOnError: false,
    trust: false,
    strict: "ignore",
    maxExpand: 500,
    maxSize: 20,
  });
  return [...detached.childNodes];
}
