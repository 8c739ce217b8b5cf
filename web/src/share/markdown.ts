import { t } from "../i18n/index.ts";
import { MarkdownDocument } from "../markdown/document.ts";
import type { MdNode } from "../markdown/nodes.ts";
import { codeBlock } from "./code.ts";
import { diagram } from "./diagram.ts";
import { h } from "./dom.ts";
import { formula } from "./formula.ts";

const OUTSIDE = { target: "_blank", rel: "noopener noreferrer nofollow" };

/** A finished Markdown text as elements. The nodes come from the same core as in the page, which decides what may be shown at all. */
export function markdown(text: string, done: boolean): HTMLElement {
  const blocks = new MarkdownDocument().update(text, done);
  return h("div", { class: "prose" }, ...blocks.flatMap((block) => block.nodes.map(toElement)));
}

function toElement(node: MdNode): Node | string {
  if (typeof node === "string") return node;
  switch (node.kind) {
    case "element":
      return element(node);
    case "link":
      return h("a", { href: node.href, title: node.title, ...OUTSIDE }, ...node.children.map(toElement));
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
    default:
      return node satisfies never;
  }
}

function element(node: Extract<MdNode, { kind: "element" }>): HTMLElement {
  const made = h(node.tag, { align: node.align, start: node.start }, ...node.children.map(toElement));
  if (node.tag !== "table") return made;
  return h("section", { class: "table-scroll thin-scroll", tabindex: 0, "aria-label": t("markdown.table") }, made);
}

/** An image of another site would tell that site who reads: it is shown as a link that the person may follow. */
function image(src: string, alt: string): HTMLElement {
  if (src.startsWith("data:")) return h("img", { alt, src });
  const host = h("span", { class: "image-host" }, new URL(src).host);
  return h("a", { class: "image-link", href: src, ...OUTSIDE }, h("span", {}, alt || t("markdown.image")), host);
}
