import { pageUrl } from "../api/http.ts";
import { readShared, type Shared } from "../api/shared.ts";
import { formatDate, type Key, t } from "../i18n/index.ts";
import { h, whenSeen } from "./dom.ts";
import { messageView } from "./message.ts";

const BUTTON =
  "inline-flex h-10 items-center justify-center rounded-md border border-border bg-raised px-4 font-medium hover:bg-hover max-md:h-11";
const STATES: Record<string, { title: Key; text: Key; retry: boolean }> = {
  share_gone: { title: "shared.goneTitle", text: "shared.goneText", retry: false },
  rate_limited: { title: "shared.busyTitle", text: "shared.busyText", retry: true },
};
const AWAY = { title: "shared.awayTitle", text: "shared.awayText", retry: true } as const;

/** The frame of the page: whose instance it is, the content, and a way in for those who have an account. */
export function frame(instance: string, ...content: Node[]): HTMLElement {
  const bar = h(
    "header",
    { class: "flex items-center justify-between gap-3 px-4 py-3 md:px-6" },
    h("span", { class: "flex min-w-0 items-center gap-2 font-semibold text-lg" }, logo(), h("span", { class: "truncate" }, instance)),
    h(
      "a",
      { href: pageUrl("/"), class: "-me-3 rounded-md px-3 py-1.5 text-sm text-text-2 hover:bg-hover hover:text-text-1" },
      t("shared.open", { name: instance }),
    ),
  );
  return h("div", { class: "flex min-h-dvh flex-col" }, bar, ...content);
}

/** The picture that the browser's tab has, too. */
function logo(): HTMLElement | null {
  const icon = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  return icon && h("img", { src: icon.href, alt: "", width: 24, height: 24, class: "shrink-0" });
}

/** What a link shows, with the rest of a long one behind a button that comes into view. */
export function sharedView(shared: Shared, token: string): HTMLElement {
  const list = h("div", { class: "flex flex-col gap-8" }, ...shared.messages.map((message) => messageView(message, token)));
  const facts = [
    shared.author && t("shared.by", { name: shared.author }),
    t("shared.asOf", { time: formatDate(shared.updated, { dateStyle: "medium" }) }),
    shared.expires && t("shared.until", { time: formatDate(shared.expires, { dateStyle: "medium" }) }),
  ].filter((fact) => typeof fact === "string");
  const title = shared.title || t("shared.untitled");
  document.title = title;
  const main = h(
    "main",
    { class: "mx-auto w-full max-w-3xl flex-1 px-4 pt-4 pb-12 md:px-6" },
    h("h1", { class: "text-balance font-semibold text-2xl [overflow-wrap:anywhere]" }, title),
    h(
      "p",
      { class: "pt-2 pb-8 text-sm text-text-3" },
      ...facts.flatMap((fact, at) => [at > 0 && h("span", { class: "max-md:hidden" }, " · "), h("span", { class: "max-md:block" }, fact)]),
    ),
    list,
  );
  if (shared.next) main.append(more(list, token, shared.next));
  main.append(h("p", { class: "pt-10 text-center text-text-3 text-xs" }, t("shared.caution")));
  return main;
}

function more(list: HTMLElement, token: string, cursor: string): HTMLElement {
  const button = h("button", { type: "button", class: `${BUTTON} mx-auto mt-8`, onclick: () => void load() }, t("common.more"));
  const holder = h("div", { class: "flex justify-center" }, button);
  const load = async () => {
    button.disabled = true;
    button.textContent = t("common.loading");
    try {
      const page = await readShared(token, cursor);
      list.append(...page.messages.map((message) => messageView(message, token)));
      holder.replaceWith(page.next ? more(list, token, page.next) : "");
    } catch {
      button.disabled = false; // The person sees that nothing came, and may ask again.
      button.textContent = t("common.retry");
    }
  };
  whenSeen(holder, () => void load());
  return holder;
}

/** One page for everything that a link may lead to but a conversation; a link that never was looks like one that is over. */
export function stateView(code: string): HTMLElement {
  const state = STATES[code] ?? AWAY;
  const again = state.retry && h("button", { type: "button", class: BUTTON, onclick: () => location.reload() }, t("common.retry"));
  document.title = t(state.title);
  return h(
    "main",
    { class: "m-auto flex max-w-md flex-col items-center gap-3 px-6 pb-24 text-center", "data-state": code },
    h("h1", { class: "text-balance font-semibold text-xl" }, t(state.title)),
    h("p", { class: "text-balance text-text-2" }, t(state.text)),
    again,
  );
}

export function loadingView(): HTMLElement {
  const line = (width: string) => h("div", { class: `skeleton h-5 ${width}` });
  return h(
    "main",
    { class: "mx-auto flex w-full max-w-3xl flex-col gap-4 px-4 pt-4 md:px-6", "aria-busy": "true", "aria-label": t("common.loading") },
    line("w-2/3"),
    line("w-full"),
    line("w-5/6"),
  );
}
