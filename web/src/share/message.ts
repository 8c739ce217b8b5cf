import { type SharedMessage, sharedFileUrl } from "../api/shared.ts";
import type { CitationPart } from "../api/types.ts";
import { sourcesOf } from "../conversation/sources.ts";
import { formatDate, formatNumber, formatSeconds, t } from "../i18n/index.ts";
import { h } from "./dom.ts";
import { markdown } from "./markdown.ts";

type Part = SharedMessage["parts"][number];

/** One turn: a question at the end of the line, an answer over the whole column with the model's name. */
export function messageView(message: SharedMessage, token: string): HTMLElement {
  return message.role === "user" ? question(message, token) : answer(message, token);
}

function question(message: SharedMessage, token: string): HTMLElement {
  const parts = message.parts.map((part) =>
    part.type === "text"
      ? h(
          "div",
          { class: "max-w-[85%] whitespace-pre-wrap rounded-lg rounded-ee-sm bg-hover px-4 py-2.5 text-body [overflow-wrap:anywhere]" },
          part.text,
        )
      : partView(part, message, token),
  );
  return h(
    "article",
    { class: "shared-message flex flex-col items-end gap-2", "data-role": "user", "aria-label": t("shared.question") },
    ...parts,
  );
}

function answer(message: SharedMessage, token: string): HTMLElement {
  const known = sourcesOf(message.parts.filter((part): part is CitationPart => part.type === "citation"));
  return h(
    "article",
    { class: "shared-message flex flex-col gap-3", "data-role": "assistant", "aria-label": t("shared.answer") },
    message.model && h("p", { class: "text-text-3 text-xs", title: formatDate(message.created) }, message.model),
    ...message.parts.map((part) => partView(part, message, token, known)),
    sourceList(known),
    message.status !== "done" &&
      h("p", { class: "text-sm text-text-3 italic" }, t(message.status === "stopped" ? "shared.stopped" : "shared.broken")),
  );
}

function partView(part: Part, message: SharedMessage, token: string, sources: readonly CitationPart[] = []): Node | null {
  switch (part.type) {
    case "text":
      return markdown(part.text, message.status === "done", sources);
    case "refusal":
      return h("p", { class: "text-body text-text-2 italic" }, part.text);
    case "image":
      return h("img", {
        src: sharedFileUrl(token, part.file),
        alt: part.name || t("markdown.image"),
        width: part.width ?? undefined,
        height: part.height ?? undefined,
        loading: "lazy",
        class: "h-auto max-h-80 w-auto max-w-full rounded-md border border-border object-contain",
      });
    case "reasoning":
      return part.text ? thinking(part.text, part.duration_ms ?? null) : null;
    case "tool_call":
      return tool(part.name, part.arguments, part.content ?? null);
    case "hosted_tool":
      return h("p", { class: "text-sm text-text-3" }, t("tool.hosted", { name: part.name.replaceAll("_", " ") }));
    case "citation":
    case "notice":
      return null;
    default:
      return part satisfies never;
  }
}

function thinking(text: string, ms: number | null): HTMLElement {
  const label = ms !== null && ms >= 500 ? t("reasoning.doneFor", { time: formatSeconds(ms) }) : t("reasoning.done");
  return folded(label, h("div", { class: "border-border border-s-2 ps-4 text-text-2" }, markdown(text, true)));
}

function tool(name: string, input: string, output: string | null): HTMLElement {
  const raw = (text: string) =>
    h("pre", { class: "thin-scroll max-h-60 overflow-auto whitespace-pre-wrap font-mono text-xs [overflow-wrap:anywhere]" }, text);
  const result = output !== null && h("div", {}, h("p", { class: "pb-1 text-text-3 text-xs" }, t("tool.result")), raw(output));
  return folded(name, h("div", { class: "flex flex-col gap-3 rounded-md border border-border px-3 py-2.5" }, raw(input), result));
}

function folded(label: string, content: HTMLElement): HTMLElement {
  return h("details", { class: "text-sm" }, h("summary", { class: "py-1.5 text-text-3 hover:text-text-1" }, label), content);
}

/** The sources, each under the number by which the text names it. */
function sourceList(sources: readonly CitationPart[]): HTMLElement | null {
  if (sources.length === 0) return null;
  const links = sources.map((item, index) => {
    const link = { href: item.url, target: "_blank", rel: "noopener noreferrer nofollow" };
    const look =
      "flex h-7 max-w-56 items-center gap-1.5 rounded-full border border-border ps-1 pe-2.5 text-text-2 hover:bg-hover hover:text-text-1 max-md:h-9";
    const badge = "flex h-5 min-w-5 shrink-0 items-center justify-center rounded-full bg-active px-1 text-text-2 tabular-nums";
    const name = h("span", { class: "truncate" }, item.title || new URL(item.url).host.replace(/^www\./, ""));
    return h(
      "li",
      { class: "min-w-0" },
      h("a", { ...link, class: look, title: item.text || undefined }, h("span", { class: badge }, formatNumber(index + 1)), name),
    );
  });
  return h("ol", { class: "flex flex-wrap gap-1.5 text-xs", "aria-label": t("citation.list") }, ...links);
}
