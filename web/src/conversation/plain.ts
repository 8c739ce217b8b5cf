import { parseMarkdown } from "../markdown/document.ts";
import type { MdNode } from "../markdown/nodes.ts";

const BLOCKS = new Set(["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "li", "table", "tr", "hr"]);

/** A text without the signs of Markdown, for places that show them as they are: words, line breaks, code as it is. */
export function plainText(markdown: string): string {
  const blocks = parseMarkdown(markdown).map((block) => textOf(block.nodes).trim());
  return blocks.filter(Boolean).join("\n\n");
}

function textOf(nodes: readonly MdNode[]): string {
  return nodes
    .map(nodeText)
    .join("")
    .replace(/\n{3,}/g, "\n\n");
}

function nodeText(node: MdNode): string {
  if (typeof node === "string") return node;
  switch (node.kind) {
    case "code":
      return `\n${node.text.replace(/\n$/, "")}\n`;
    case "math":
      return node.text;
    case "image":
      return node.alt;
    case "checkbox":
      return node.checked ? "[x] " : "[ ] ";
    case "link":
      return textOf(node.children);
    case "noteref":
      return node.source;
    case "note":
      return `[${node.label}] ${textOf(node.children)}\n`;
    case "element":
      return elementText(node);
    default:
      return node satisfies never;
  }
}

function elementText(node: Extract<MdNode, { kind: "element" }>): string {
  if (node.tag === "br") return "\n";
  if (node.tag === "ol") return `\n${items(node, (at) => `${(node.start ?? 1) + at}. `)}`;
  if (node.tag === "ul") return `\n${items(node, () => "- ")}`;
  if (node.tag === "td" || node.tag === "th") return `${textOf(node.children)}\t`;
  if (node.tag === "tr") return `${textOf(node.children).trimEnd()}\n`;
  const inner = textOf(node.children);
  return BLOCKS.has(node.tag) ? `${inner}\n` : inner;
}

/** The items of a list, one a line; what stands deeper is moved in. */
function items(list: Extract<MdNode, { kind: "element" }>, mark: (at: number) => string): string {
  const rows = list.children.filter((child) => typeof child !== "string");
  return rows.map((row, at) => `${mark(at)}${nodeText(row).trim().replaceAll("\n", "\n  ")}\n`).join("");
}
