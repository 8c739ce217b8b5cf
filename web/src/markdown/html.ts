import type { Block } from "./document.ts";
import type { MdNode } from "./nodes.ts";

const VOID = new Set(["hr", "br"]);

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The nodes as HTML text, for pages without React and for tests. The page itself never reads HTML from a string. */
export function toHtml(blocks: readonly Block[]): string {
  return blocks.map((block) => block.nodes.map(nodeHtml).join("")).join("\n");
}

function nodeHtml(node: MdNode): string {
  if (typeof node === "string") return escapeHtml(node);
  switch (node.kind) {
    case "element":
      return elementHtml(node);
    case "link":
      return `<a href="${escapeHtml(node.href)}" target="_blank" rel="noopener noreferrer nofollow">${node.children.map(nodeHtml).join("")}</a>`;
    case "image":
      return `<span data-image="${escapeHtml(node.src)}">${escapeHtml(node.alt)}</span>`;
    case "checkbox":
      return node.checked ? "☑ " : "☐ ";
    case "math":
      return `<span data-math="${node.display ? "display" : "inline"}">${escapeHtml(node.text)}</span>`;
    case "code":
      return `<pre><code data-language="${escapeHtml(node.language)}">${escapeHtml(node.text)}</code></pre>`;
    default:
      return node satisfies never;
  }
}

function elementHtml(node: Extract<MdNode, { kind: "element" }>): string {
  const align = node.align ? ` align="${node.align}"` : "";
  const start = node.start !== undefined && node.start !== 1 ? ` start="${node.start}"` : "";
  if (VOID.has(node.tag)) return `<${node.tag}>`;
  return `<${node.tag}${align}${start}>${node.children.map(nodeHtml).join("")}</${node.tag}>`;
}
