import { type MouseEvent, useContext } from "react";
import { t } from "../i18n/index.ts";
import type { NoteRef } from "./nodes.ts";
import { SurroundingsContext } from "./surroundings.ts";

/** A reference to a footnote. Its definition may still be under way; when the text is complete and has none, it is the text that it was. */
export function NoteRefView({ node }: { node: NoteRef }) {
  const { prefix, notes, done } = useContext(SurroundingsContext);
  const entry = notes.of.get(node.label);
  if (!entry) return done ? node.source : <sup className="note-ref">{node.label}</sup>;
  const { number, refs } = entry;
  return (
    <sup className="note-ref">
      <a
        id={`${prefix}ref-${number}-${refs.indexOf(node) + 1}`}
        href={`#${prefix}note-${number}`}
        role="doc-noteref"
        aria-label={t("markdown.note", { number })}
        onClick={jump}
      >
        {number}
      </a>
    </sup>
  );
}

/** Goes to a place in the same text without a new entry in the browser's history: the page's addresses are its screens. */
export function jump(event: MouseEvent<HTMLAnchorElement>): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const target = document.getElementById(event.currentTarget.hash.slice(1));
  target?.scrollIntoView({ block: "center", behavior: "smooth" });
  target?.focus({ preventScroll: true });
}
