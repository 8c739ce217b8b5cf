import type { Block } from "./document.ts";
import type { MdNode } from "./nodes.ts";
import { collectNotes, type Notes, type NumberedNote } from "./notes.ts";

const VOID = new Set(["hr", "br"]);

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The nodes as HTML text, for pages without React and for tests. The page itself never reads HTML from a string. */
export function toHtml(blocks: readonly Block[]): string {
  const notes = collectNotes(blocks);
  const html = blocks.map((block) => all(block.nodes, notes)).filter((text) => text !== "");
  return [...html, ...notesHtml(notes)].join("\n");
}

const all = (nodes: readonly MdNode[], notes: Notes): string => nodes.map((node) => nodeHtml(node, notes)).join("");

function notesHtml(notes: Notes): string[] {
  if (!notes.list.length) return [];
  const item = ({ number, note, refs }: NumberedNote) => {
    const back = refs.map((_, index) => `<a href="#ref-${number}-${index + 1}">↩</a>`).join("");
    return `<li id="note-${number}">${all(note.children, notes)}${back}</li>`;
  };
  return ["<section>", "<ol>", ...notes.list.map(item), "</ol>", "</section>"];
}

function refHtml(node: Extract<MdNode, { kind: "noteref" }>, notes: Notes): string {
  const entry = notes.of.get(node.label);
  if (!entry) return escapeHtml(node.source);
  return `<sup id="ref-${entry.number}-${entry.refs.indexOf(node) + 1}"><a href="#note-${entry.number}">${entry.number}</a></sup>`;
}

function nodeHtml(node: MdNode, notes: Notes): string {
  if (typeof node === "string") return escapeHtml(node);
  switch (node.kind) {
    case "element":
      return elementHtml(node, notes);
    case "link":
      return `<a href="${escapeHtml(node.href)}" target="_blank" rel="noopener noreferrer nofollow">${all(node.children, notes)}</a>`;
    case "image":
      return `<span data-image="${escapeHtml(node.src)}">${escapeHtml(node.alt)}</span>`;
    case "checkbox":
      return node.checked ? "☑ " : "☐ ";
    case "math":
      return `<span data-math="${node.display ? "display" : "inline"}">${escapeHtml(node.text)}</span>`;
    case "code":
      return `<pre><code data-language="${escapeHtml(node.language)}">${escapeHtml(node.text)}</code></pre>`;
    case "noteref":
      return refHtml(node, notes);
    case "note":
      return "";
    default:
      return node satisfies never;
  }
}

function elementHtml(node: Extract<MdNode, { kind: "element" }>, notes: Notes): string {
  const align = node.align ? ` align="${node.align}"` : "";
  const start = node.start !== undefined && node.start !== 1 ? ` start="${node.start}"` : "";
  if (VOID.has(node.tag)) return `<${node.tag}>`;
  return `<${node.tag}${align}${start}>${all(node.children, notes)}</${node.tag}>`;
}
