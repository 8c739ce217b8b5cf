import { newId } from "../api/ids.ts";
import { removeConversation } from "../api/queries.ts";
import type { InputPart } from "../api/types.ts";
import type { Item } from "./attachments.ts";
import { draftKey, drafts, storedImage } from "./drafts.ts";
import { parseNamedBlock } from "./named-block.ts";
import { discard, letterOf } from "./outbox.ts";

/**
 * Puts a refused message back into the composer, before what was begun there since. One that would have begun a conversation
 * goes to the composer of the next one. Returns the path of the view whose composer has it now.
 */
export function takeBack(message: string): string | null {
  const letter = letterOf(message);
  if (!letter) return null;
  const begins = Boolean(letter.body.conversation);
  const key = draftKey(begins ? null : letter.conversation);
  const { text, items } = contentOf(letter.body.parts);
  const begun = drafts.get(key);
  drafts.set(key, { text: [text, begun.text].filter(Boolean).join("\n\n"), items: [...items, ...begun.items] });
  discard(message);
  if (begins) removeConversation(letter.conversation);
  return begins ? "/" : `/c/${letter.conversation}`;
}

function contentOf(parts: readonly InputPart[]): { text: string; items: Item[] } {
  const texts: string[] = [];
  const items: Item[] = [];
  for (const part of parts) {
    const named = part.type === "text" ? parseNamedBlock(part.text) : null;
    if (named) items.push({ kind: "text", id: newId(), ...named, encoding: null });
    else if (part.type === "text") texts.push(part.text);
    else items.push(storedImage({ ...part, name: part.name ?? "" }, newId(), 0));
  }
  return { text: texts.join("\n\n"), items };
}
