import type { Block } from "./document.ts";
import type { MdNode, Note, NoteRef } from "./nodes.ts";

/** A footnote with its number and the references to it, in the order of the text. */
export type NumberedNote = { number: number; note: Note; refs: readonly NoteRef[] };

export type Notes = { list: readonly NumberedNote[]; of: ReadonlyMap<string, NumberedNote> };

type Found = { refs: NoteRef[]; notes: Note[] };

export const NO_NOTES: Notes = { list: [], of: new Map() };

/** The footnotes of a text: numbered by their first reference; those that nothing refers to come last, so that no words are lost. */
export function collectNotes(blocks: readonly Block[]): Notes {
  const found: Found = { refs: [], notes: [] };
  for (const block of blocks) if (block.noted) gather(block.nodes, found);
  if (!found.notes.length) return NO_NOTES;
  const defined = new Map<string, Note>();
  for (const note of found.notes) if (!defined.has(note.label)) defined.set(note.label, note);
  const labels = new Set([...found.refs.map((ref) => ref.label), ...defined.keys()]);
  const list: NumberedNote[] = [];
  for (const label of labels) {
    const note = defined.get(label);
    if (note) list.push({ number: list.length + 1, note, refs: found.refs.filter((ref) => ref.label === label) });
  }
  return { list, of: new Map(list.map((entry) => [entry.note.label, entry])) };
}

/** The references of the text itself come first, then those inside of footnotes. */
function gather(nodes: readonly MdNode[], found: Found): void {
  for (const node of nodes) {
    if (typeof node === "string") continue;
    if (node.kind === "noteref") found.refs.push(node);
    else if (node.kind === "note") found.notes.push(node);
    if (node.kind === "element" || node.kind === "link" || node.kind === "note") gather(node.children, found);
  }
}

/** True when both show the same. */
export function sameNotes(before: Notes, after: Notes): boolean {
  return (
    before.list.length === after.list.length &&
    before.list.every((entry, index) => {
      const other = after.list[index];
      return other?.note === entry.note && other.refs.length === entry.refs.length && other.refs.every((ref, at) => ref === entry.refs[at]);
    })
  );
}
