import { retry } from "../design/retry.ts";
import { h } from "./dom.ts";

/** A formula: its source, until KaTeX has come and set it. */
export function formula({ text, display, closed }: { text: string; display: boolean; closed: boolean }): HTMLElement {
  const source = display ? h("pre", { class: "math-source" }, text) : h("code", {}, text);
  if (!closed) return source;
  const holder = h("span", { class: display ? "math-display thin-scroll" : undefined }, source);
  retry(
    () => import("../markdown/katex.ts"),
    ({ setFormula }) => holder.replaceChildren(...setFormula(text, display)),
  );
  return holder;
}
