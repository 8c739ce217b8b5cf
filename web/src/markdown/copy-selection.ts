/** The elements that stand on lines of their own. */
const BLOCKS = new Set("P H1 H2 H3 H4 H5 H6 UL OL LI BLOCKQUOTE PRE TABLE TR HR DIV SECTION ARTICLE".split(" "));

/**
 * What a selection of rendered text becomes on the clipboard: formulas as the TeX that they were made from, tables with tabs between their
 * cells, lists with their marks, code as it is, and no buttons.
 */
export function install(): void {
  document.addEventListener("copy", (event) => {
    const selection = document.getSelection();
    if (!selection?.rangeCount || selection.isCollapsed || !event.clipboardData) return;
    const range = wholeFormulas(selection.getRangeAt(0));
    const place = range.commonAncestorContainer;
    const around = place instanceof Element ? place : place.parentElement;
    if (!around || around.closest("pre, textarea, input, [contenteditable]")) return; // The browser copies these as they are.
    if (!around.closest(".prose") && !around.querySelector(".prose")) return;
    const content = clean(range.cloneContents(), around);
    event.clipboardData.setData("text/plain", plain(content));
    const holder = document.createElement("div");
    holder.append(content);
    event.clipboardData.setData("text/html", holder.innerHTML);
    event.preventDefault();
  });
}

/** A formula is copied whole, since half of its boxes mean nothing. */
function wholeFormulas(range: Range): Range {
  const whole = range.cloneRange();
  const start = formulaAround(range.startContainer);
  const end = formulaAround(range.endContainer);
  if (start) whole.setStartBefore(start);
  if (end) whole.setEndAfter(end);
  return whole;
}

function formulaAround(node: Node): Element | null {
  const element = node instanceof Element ? node : node.parentElement;
  return element?.closest(".katex-display") ?? element?.closest(".katex") ?? null;
}

/** Leaves what was written: formulas become their source, and what only serves the page goes. */
function clean(content: DocumentFragment, around: Element): DocumentFragment {
  for (const formula of content.querySelectorAll(".katex-display")) formula.replaceWith(`$$${texOf(formula)}$$`);
  for (const formula of content.querySelectorAll(".katex")) formula.replaceWith(`$${texOf(formula)}$`);
  for (const tool of content.querySelectorAll("button, svg, iframe, .code-head, .code-lines, .table-tools, .note-backs, .sr-only"))
    tool.remove();
  for (const box of content.querySelectorAll("input")) box.replaceWith(box.checked ? "[x] " : "[ ] ");
  for (const ref of content.querySelectorAll(".note-ref")) ref.replaceWith(`[${ref.textContent}]`);
  // A selection inside of one list or table comes without that list or table.
  const list = around.closest("ul, ol, tr, tbody, table");
  if (!list || content.querySelector("ul, ol, table")) return content;
  const holder = document.createElement(list.tagName === "UL" || list.tagName === "OL" ? list.tagName : "div");
  holder.append(content);
  const wrapped = document.createDocumentFragment();
  wrapped.append(holder);
  return wrapped;
}

function texOf(formula: Element): string {
  return formula.querySelector('annotation[encoding="application/x-tex"]')?.textContent ?? formula.textContent ?? "";
}

/** The text of rendered nodes. */
export function plain(content: Node): string {
  const code: string[] = [];
  const keep = (pre: Element) => `\0${code.push((pre.textContent ?? "").replace(/\n$/, "")) - 1}\0`;
  return textOf(content, keep)
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/^\n+|\s+$/g, "")
    .replace(/\0(\d+)\0/g, (_, index: string) => code[Number(index)] ?? "");
}

/** Puts code aside and returns a sign for it, so that its blank lines and spaces stay what they are. */
type Keep = (pre: Element) => string;

function textOf(node: Node, keep: Keep): string {
  if (node.nodeType === Node.TEXT_NODE) return (node.textContent ?? "").replace(/\s+/g, " ");
  if (!(node instanceof Element)) return children(node, keep);
  switch (node.tagName) {
    case "BR":
      return "\n";
    case "HR":
      return "\n\n---\n\n";
    case "PRE":
      return `\n\n${keep(node)}\n\n`;
    case "TR":
      return `${[...node.children].map((cell) => textOf(cell, keep).trim()).join("\t")}\n`;
    case "TABLE":
      return `\n\n${children(node, keep)}\n\n`;
    case "LI":
      return listItem(node, keep);
    case "UL":
    case "OL":
      return node.parentElement?.tagName === "LI" ? `\n${children(node, keep)}` : `\n\n${children(node, keep)}\n\n`;
    case "BLOCKQUOTE":
      return `\n\n${children(node, keep)
        .trim()
        .replace(/\n{2,}/g, "\n\n")
        .replace(/^/gm, "> ")}\n\n`;
    default:
      return BLOCKS.has(node.tagName) ? `\n\n${children(node, keep).trim()}\n\n` : children(node, keep);
  }
}

function children(node: Node, keep: Keep): string {
  return [...node.childNodes].map((child) => textOf(child, keep)).join("");
}

function listItem(item: Element, keep: Keep): string {
  const list = item.parentElement;
  const start = list instanceof HTMLOListElement ? list.start : 1;
  const mark = list?.tagName === "OL" ? `${start + [...list.children].indexOf(item)}. ` : "- ";
  const text = children(item, keep)
    .trim()
    .replace(/\n{2,}/g, "\n");
  return `${mark}${text.replace(/\n/g, `\n${" ".repeat(mark.length)}`)}\n`;
}
