import { writeClipboard } from "../design/clipboard.ts";
import { retry } from "../design/retry.ts";
import { t } from "../i18n/index.ts";
import { h, whenSeen } from "./dom.ts";

const DONE_MS = 1_500;

/** Code with its language, a switch for long lines and a copy button. Colours come when the block is in view. */
export function codeBlock({ language, text, closed }: { language: string; text: string; closed: boolean }): HTMLElement {
  const code = h("code", {}, text);
  const pre = h("pre", { class: "thin-scroll", tabindex: 0 }, code);
  const wrap = button(t("code.wrap"), () => wrap.setAttribute("aria-pressed", String(pre.classList.toggle("wrap"))));
  const copy = button(t("common.copy"), () => void copyCode(text, copy));
  copy.setAttribute("aria-label", t("code.copy"));
  const head = h("div", { class: "code-head" }, h("span", { class: "code-language" }, language || t("code.plain")));
  head.append(h("span", { class: "flex" }, wrap, copy));
  const frame = h("div", { class: "code-frame" }, head, pre);
  if (closed && language) whenSeen(frame, () => colour(code, text, language));
  return frame;
}

function button(label: string, onclick: () => void): HTMLButtonElement {
  return h("button", { type: "button", class: "code-button", onclick }, label);
}

async function copyCode(text: string, copy: HTMLButtonElement): Promise<void> {
  if (!(await writeClipboard(text))) return;
  copy.textContent = t("common.copied");
  setTimeout(() => {
    copy.textContent = t("common.copy");
  }, DONE_MS);
}

function colour(code: HTMLElement, text: string, language: string): void {
  const load = async () => (await import("../markdown/highlight.ts")).highlight(text, language);
  retry(load, (spans) => {
    if (spans) code.replaceChildren(...spans.map((span) => (span.scope ? h("span", { class: `hl-${span.scope}` }, span.text) : span.text)));
  });
}
