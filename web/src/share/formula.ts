import { retry } from "../design/retry.ts";
import { t } from "../i18n/index.ts";
import { h } from "./dom.ts";

/** A formula: its source, until KaTeX has come and set it. */
export function formula({ text, display, closed }: { text: string; display: boolean; closed: boolean }): HTMLElement {
  const source = display ? h("pre", { class: "math-source" }, text) : h("code", {}, text);
  if (!closed) return source;
  const holder = h("span", display ? { class: "math-display thin-scroll", tabindex: 0 } : {}, source);
  retry(
    () => import("../markdown/katex.ts"),
    ({ setFormula, reasonOf }) => {
      try {
        holder.replaceChildren(...setFormula(text, display));
      } catch (error) {
        holder.replaceWith(wrong(text, display, reasonOf(error)));
      }
    },
  );
  return holder;
}

function wrong(text: string, display: boolean, reason: string): HTMLElement {
  return h("code", { class: display ? "math-wrong math-wrong-display" : "math-wrong", title: `${t("math.wrong")} ${reason}` }, text);
}
