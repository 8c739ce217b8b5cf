/** What is done with an answer now and then: ask another model beside it, choose among several, ask again from fewer messages. */
import { patchConversation, regenerateMessage } from "../api/client.ts";
import { newId } from "../api/ids.ts";
import { keys, queryClient, updateConversation, updateNewestMessages } from "../api/queries.ts";
import type { Message, ModelRef } from "../api/types.ts";
import { adopt, showInstead, showSibling } from "./actions.ts";
import { liveRuns } from "./live.ts";
import { localAnswer, upTo } from "./local.ts";

/** Asks another model beside an answer that stands: both are shown side by side until one is chosen. */
export async function compareWith(message: Message, model: ModelRef): Promise<void> {
  const { conversation, parent: question } = message;
  if (!question) return;
  const started = await regenerateMessage(message.id, { id: newId(), model, compare: true });
  queryClient.setQueryData<Message[]>(keys.answers(question), [message, started.assistant]);
  updateNewestMessages(conversation, (items) => upTo(items, message.id));
  updateConversation(conversation, (item) => ({ ...item, leaf: question, running: true }));
  liveRuns.followStarted(started);
}

/** Ends a comparison: the branch of this answer is the active one, the others stay beside it. */
export async function goOnWith(answer: Message): Promise<void> {
  const { conversation, provider, model } = answer;
  const ref = provider && model ? { provider, model } : null;
  updateNewestMessages(conversation, (items) => (items.some((item) => item.id === answer.id) ? items : [...items, answer]));
  updateConversation(conversation, (item) => ({ ...item, leaf: answer.id, model: ref ?? item.model }));
  if (ref) await patchConversation(conversation, { model: ref });
  await showSibling(conversation, answer.id);
}

/** Answers the same question anew from half as many earlier messages, since the model had no room for them all. */
export async function regenerateShorter(message: Message): Promise<void> {
  const { provider, model } = message;
  if (!provider || !model) return;
  const id = newId();
  const answer = localAnswer(message.conversation, message.parent ?? message.id, { provider, model }, message.siblings);
  const body = { id, model: { provider, model }, shorten: true };
  await showInstead(message, [answer], async () => adopt(await regenerateMessage(message.id, body), answer.id));
}
