import type { MdNode } from "./nodes.ts";

/** The words of nodes, without their look; formulas as TeX. */
export function plainText(nodes: readonly MdNode[]): string {
  return nodes.map(textOf).join("");
}

function textOf(node: MdNode): string {
  if (typeof node === "string") return node;
  switch (node.kind) {
    case "element":
      return node.tag === "br" ? "\n" : plainText(node.children);
    case "link":
      return plainText(node.children);
    case "image":
      return node.alt;
    case "checkbox":
      return node.checked ? "[x] " : "[ ] ";
    case "math":
      return node.display ? `$$${node.text}$$` : `$${node.text}$`;
    case "code":
      return node.text;
    case "noteref":
      return node.source;
    case "note":
      return "";
    default:
      return node satisfies never;
  }
}
