import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { getAnswers } from "../api/client.ts";
import { keys, useConversation } from "../api/queries.ts";
import type { Message } from "../api/types.ts";
import { localAnswer, pendingColumn } from "./local.ts";
import { useOutbox } from "./outbox.ts";

/**
 * The answers that stand side by side under the last message of a branch. A branch that ends with a question is one whose answer is not
 * chosen yet: so it is the same after a reload, in every tab and on every device. Null when there is nothing to choose.
 */
export function useComparison(conversation: string, last: Message | undefined): Message[] | null {
  const question = last?.role === "user" ? last : null;
  const leaf = useConversation(conversation).data?.leaf;
  const letter = useOutbox((state) => state.letters.find((item) => item.body.id === question?.id && item.acknowledged === null));
  const refused = useOutbox((state) => Boolean(question && state.refused[question.id]));
  const open = question !== null && leaf === question.id;
  const id = question?.id ?? "";
  const stored = useQuery({ queryKey: keys.answers(id), queryFn: async () => (await getAnswers(id)).items, enabled: open && !letter });
  return useMemo(() => {
    if (refused) return null;
    const others = letter?.body.compare_with ?? [];
    if (letter && others.length)
      return [letter.body.model, ...others].map((model, at) => ({ ...localAnswer(conversation, id, model), id: pendingColumn(id, at) }));
    return open && stored.data && stored.data.length > 0 ? stored.data : null;
  }, [refused, letter, open, stored.data, conversation, id]);
}
