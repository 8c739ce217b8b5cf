import { useMemo } from "react";
import type { ApiError } from "../api/errors.ts";
import { useMessages } from "../api/queries.ts";
import { branchOf, holdsNewest } from "../api/stretch.ts";
import type { Message } from "../api/types.ts";
import { localAnswer, localQuestion } from "./local.ts";
import { type Letter, useOutbox } from "./outbox.ts";

/**
 * The messages of a conversation as the person sees them: what the server has, then what is on its way to it. `atEnd` is false while
 * a stretch further up is held; what is on its way belongs below that.
 */
export function useBranch(conversation: string) {
  const query = useMessages(conversation);
  const letters = useOutbox((state) => state.letters);
  const refused = useOutbox((state) => state.refused);
  const atEnd = holdsNewest(query.data);
  const messages = useMemo(() => {
    const stored = branchOf(query.data);
    return atEnd ? [...stored, ...onTheirWay(conversation, stored, letters, refused)] : stored;
  }, [query.data, letters, refused, conversation, atEnd]);
  return { query, messages, atEnd };
}

function onTheirWay(conversation: string, stored: Message[], letters: Letter[], refused: Record<string, ApiError>): Message[] {
  const known = new Set(stored.map((message) => message.id));
  return letters
    .filter((letter) => letter.conversation === conversation && letter.acknowledged === null && !known.has(letter.body.id))
    .flatMap(({ body }) => {
      const question = localQuestion({ id: body.id, conversation, parent: body.parent ?? null, parts: body.parts });
      const alone = refused[body.id] || body.compare_with?.length; // Answers that are compared stand in their own place.
      return alone ? [question] : [question, localAnswer(conversation, body.id, body.model)];
    });
}
