import { type ReactNode, useContext } from "react";
import { t } from "../i18n/index.ts";
import type { MdNode } from "./nodes.ts";
import { jump } from "./note-ref.tsx";
import type { NumberedNote } from "./notes.ts";
import { SurroundingsContext } from "./surroundings.ts";

type Render = (nodes: readonly MdNode[]) => ReactNode;

/** The footnotes under a text, each with a way back to where it is referred to. */
export function NoteList({ render }: { render: Render }) {
  const { notes, prefix } = useContext(SurroundingsContext);
  if (!notes.list.length) return null;
  return (
    <section className="notes" role="doc-endnotes" aria-label={t("markdown.notes")}>
      <ol>
        {notes.list.map((entry) => (
          <li key={entry.note.label} id={`${prefix}note-${entry.number}`} tabIndex={-1}>
            {render(entry.note.children)}
            <span className="note-backs">{entry.refs.map((_, index) => backLink(entry, index, prefix))}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function backLink({ number, refs }: NumberedNote, index: number, prefix: string): ReactNode {
  const label = t("markdown.noteBack", { number });
  return (
    <a key={index} href={`#${prefix}ref-${number}-${index + 1}`} role="doc-backlink" aria-label={label} title={label} onClick={jump}>
      ↩{refs.length > 1 && <sup>{index + 1}</sup>}
    </a>
  );
}
