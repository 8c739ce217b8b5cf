import { t } from "../i18n/index.ts";
import type { MdNode, NoteRef } from "../markdown/nodes.ts";
import type { Notes } from "../markdown/notes.ts";
import { h } from "./dom.ts";

export type Render = (nodes: readonly MdNode[], plain?: boolean) => (Node | string)[];

/** What the parts of one text share; `prefix` makes its ids unique on the page. */
export type Around = { prefix: string; notes: Notes; done: boolean; all: Render };

/** A reference to a footnote; without one it is the text that it was. */
export function noteRef(node: NoteRef, { prefix, notes, done }: Around): Node | string {
  const entry = notes.of.get(node.label);
  if (!entry) return done ? node.source : h("sup", { class: "note-ref" }, node.label);
  const { number, refs } = entry;
  const link = h(
    "a",
    {
      id: `${prefix}ref-${number}-${refs.indexOf(node) + 1}`,
      href: `#${prefix}note-${number}`,
      role: "doc-noteref",
      "aria-label": t("markdown.note", { number }),
    },
    String(number),
  );
  return h("sup", { class: "note-ref" }, link);
}

/** The footnotes under a text, each with a way back to where it is referred to. */
export function noteList({ prefix, notes, all }: Around): HTMLElement {
  const items = notes.list.map(({ number, note, refs }) => {
    const label = t("markdown.noteBack", { number });
    const backs = refs.map((_, index) =>
      h(
        "a",
        { href: `#${prefix}ref-${number}-${index + 1}`, role: "doc-backlink", "aria-label": label, title: label },
        "↩",
        refs.length > 1 && h("sup", {}, String(index + 1)),
      ),
    );
    return h("li", { id: `${prefix}note-${number}`, tabindex: -1 }, ...all(note.children), h("span", { class: "note-backs" }, ...backs));
  });
  return h("section", { class: "notes", role: "doc-endnotes", "aria-label": t("markdown.notes") }, h("ol", {}, ...items));
}
