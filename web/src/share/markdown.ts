import { t } from "../i18n/index.ts";
import { MarkdownDocument } from "../markdown/document.ts";
import { cutMarks } from "../markdown/marks.ts";
import { classOf, type MdNode } from "../markdown/nodes.ts";
import { collectNotes } from "../markdown/notes.ts";
import type { Source } from "../markdown/surroundings.ts";
import { codeBlock } from "./code.ts";
import { diagram } from "./diagram.ts";
import { h } from "./dom.ts";
import { formula } from "./formula.ts";
import { type Around, noteList, noteRef, type Render } from "./notes.ts";

const OUTSIDE = { target: "_blank", rel: "noopener noreferrer nofollow" };

let texts = 0; // Each text has ids of its own, since a page shows many.

/**
 * A finished Markdown text as elements. The nodes come from the same core as in the page, which decides what may be shown at all.
 * A number in brackets leads to the source of that number.
 */
export function markdown(text: string, done: boolean, sources: readonly Source[] = []): HTMLElement {
  const blocks = new MarkdownDocument().update(text, done);
  const notes = collectNotes(blocks);
  texts += 1;
  const all: Render = (nodes, plain = false) =>
    nodes.flatMap((node) => (typeof node === "string" ? words(node, plain ? [] : sources) : toElement(node, around, plain)));
  const around: Around = { prefix: `t${texts}-`, notes, done, all };
  const list = notes.list.length ? noteList(around) : null;
  return h("div", { class: "prose" }, ...blocks.flatMap((block) => all(block.nodes)), list);
}

function words(text: string, sources: readonly Source[]): (Node | string)[] {
  return cutMarks(text, sources).map((piece) =>
    typeof piece === "string"
      ? piece
      : h("a", { href: piece.source.url, title: piece.source.title || piece.source.url, ...OUTSIDE }, piece.text),
  );
}

/** `plain` is within a link or code, where nothing may become a link. */
function toElement(node: Exclude<MdNode, string>, around: Around, plain: boolean): Node | string {
  switch (node.kind) {
    case "element":
      return element(node, around, plain);
    case "link":
      return h("a", { href: node.href, title: node.title, ...OUTSIDE }, ...around.all(node.children, true));
    case "image":
      return image(node.src, node.alt);
    case "checkbox":
      return h("input", {
        "aria-label": t(node.checked ? "markdown.done" : "markdown.open"),
        type: "checkbox",
        checked: node.checked,
        disabled: true,
      });
    case "math":
      return formula(node);
    case "code":
      return node.language === "mermaid" && node.closed ? diagram(node.text, codeBlock(node)) : codeBlock(node);
    case "noteref":
      return noteRef(node, around);
    case "note":
      return "";
    default:
      return node satisfies never;
  }
}

function element(node: Extract<MdNode, { kind: "element" }>, around: Around, plain: boolean): HTMLElement {
  const inside = around.all(node.children, plain || node.tag === "code");
  const made = h(node.tag, { class: classOf(node), align: node.align, start: node.start }, ...inside);
  if (node.tag !== "table") return made;
  const scroll = h("section", { class: "table-scroll thin-scroll", tabindex: 0, "aria-label": t("markdown.table") }, made);
  return h("div", { class: "table-frame" }, scroll);
}

/** An image of another site would tell that site who reads: it is shown as a link that the person may follow. */
function image(src: string, alt: string): HTMLElement {
  if (src.startsWith("data:")) return h("img", { alt, src });
  const host = h("span", { class: "image-host" }, new URL(src).host);
  return h("a", { class: "image-link", href: src, ...OUTSIDE }, h("span", {}, alt || t("markdown.image")), host);
}
