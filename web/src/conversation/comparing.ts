import { keys, newestMessage, queryClient, updateConversation, updateNewestMessages } from "../api/queries.ts";
import type { Message, Started } from "../api/types.ts";
import { useCompared } from "./compared.ts";
import { liveRuns } from "./live.ts";
import { pendingColumn, takeOver } from "./local.ts";
import { stopIfWanted } from "./stopping.ts";

/** What a new message follows: the end of the branch, or, while answers stand side by side, the one that the person looks at. */
export function endOf(conversation: string): string | null {
  const newest = newestMessage(conversation);
  const answers = newest ? queryClient.getQueryData<Message[]>(keys.answers(newest)) : undefined;
  if (!newest || !answers?.length) return newest;
  const preferred = useCompared.getState().preferred[newest];
  return (answers.find((answer) => answer.id === preferred) ?? answers[0])?.id ?? newest;
}

/** Puts the server's answers where the local columns stood. Until one is chosen the branch ends with the question. */
export function adoptComparison(started: Started): void {
  const { message, beside } = started;
  const begun = [started, ...beside];
  begun.forEach((each, at) => void takeOver(pendingColumn(message.id, at), each.assistant.id));
  updateNewestMessages(message.conversation, (items) => (items.some((item) => item.id === message.id) ? items : [...items, message]));
  const known = queryClient.getQueryData<Message[]>(keys.answers(message.id));
  if (!known) queryClient.setQueryData<Message[]>(keys.answers(message.id), () => begun.map((each) => each.assistant));
  updateConversation(message.conversation, (item) => ({ ...item, leaf: message.id }));
  begun.forEach((each, at) => {
    liveRuns.followStarted(each);
    stopIfWanted(pendingColumn(message.id, at), each.assistant);
  });
}
