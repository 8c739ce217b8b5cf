/** What a person can do to a conversation. Each shows its effect in the cache at once and puts it right when the server answers. */
import * as api from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { newId } from "../api/ids.ts";
import { conversationOf } from "../api/lists.ts";
import { keys, type Pages, queryClient, replaceMessage, showStretch, updateConversation, updateNewestMessages } from "../api/queries.ts";
import { findConversation, putConversation } from "../api/shelf.ts";
import { replaceFrom, type Stretch } from "../api/stretch.ts";
import type { InputPart, Message, ModelRef, Started } from "../api/types.ts";
import { takeBeginning } from "./beginning.ts";
import { isSame, takeCompared } from "./compared.ts";
import { adoptComparison, endOf } from "./comparing.ts";
import { liveRuns } from "./live.ts";
import { isUnfinished, localAnswer, localQuestion, takeOver } from "./local.ts";
import { acknowledge, letterOf, lettersKept, post } from "./outbox.ts";
import { stopIfWanted } from "./stopping.ts";

/** Writes a message; without a conversation it begins one. Returns the conversation's id at once. */
export function send(conversation: string | null, parts: InputPart[], model: ModelRef): string {
  const id = conversation ?? newId();
  const compare_with = takeCompared(model);
  const body = { id: newId(), parent: endOf(id), parts, model, ...(compare_with.length > 0 && { compare_with }) };
  void deliver(id, { ...body, ...(conversation ? {} : { conversation: takeBeginning() }) });
  return id;
}

/** Posts a letter, the first time or again. While it is on its way, `useBranch` shows it at the end of the branch. */
export async function deliver(conversation: string, body: api.SendInput): Promise<void> {
  if (body.conversation) beginConversation(conversation, body.model, body.conversation);
  markRunning(conversation, true);
  if (!letterOf(body.id)?.acknowledged) raise(conversation);
  try {
    const started = await post(conversation, body);
    if (started.beside.length) adoptComparison(started);
    else adopt(started, localAnswer(conversation, body.id, body.model).id);
    acknowledge(body.id);
  } catch {
    markRunning(conversation, false); // The outbox keeps the refusal, and the message shows it with a way on.
  }
}

/** Sends a refused message once more, with another model if one is given. */
export function resend(message: string, model?: ModelRef): void {
  const letter = letterOf(message);
  if (!letter) return;
  const others = letter.body.compare_with?.filter((other) => !isSame(other, model));
  void deliver(letter.conversation, model ? { ...letter.body, model, ...(others && { compare_with: others }) } : letter.body);
}

/** After the connection was lost: what was acknowledged lately is posted again, since the server may have lost it. The same id makes no second message. */
export function redeliverRecent(): void {
  for (const letter of lettersKept()) void deliver(letter.conversation, letter.body);
}

/** Writes a question anew, beside the old one. */
export async function edit(message: Message, parts: InputPart[], model: ModelRef): Promise<void> {
  const id = newId();
  const question = localQuestion({ ...message, id, parts, siblings: [...message.siblings, id] });
  const answer = localAnswer(message.conversation, id, model);
  await showInstead(message, [question, answer], async () => adopt(await api.editMessage(message.id, { id, parts, model }), answer.id));
}

/** Answers the same question anew, beside the old answer. */
export async function regenerate(message: Message, model: ModelRef): Promise<void> {
  const id = newId();
  const answer = localAnswer(message.conversation, message.parent ?? message.id, model, message.siblings);
  await showInstead(message, [answer], async () => adopt(await api.regenerateMessage(message.id, { id, model }), answer.id));
}

/** Goes on with an answer that was stopped or cut off. */
export async function continueAnswer(message: Message): Promise<void> {
  const run = message.run;
  if (!run) return;
  const id = newId();
  takeOver(message.id, id); // The view stays: it shows the same words, and more.
  const rest = { run: null, usage: null, error: null, finished: null };
  const local: Message = { ...message, ...rest, id, status: "pending", siblings: [...message.siblings, id] };
  await showInstead(message, [local], async () => {
    const started = await api.continueRun(run.id, { id });
    replaceMessage({ ...started.assistant, parts: message.parts });
    liveRuns.followStarted(started, message.parts);
    stopIfWanted(id, started.assistant);
    void queryClient.invalidateQueries({ queryKey: keys.messages(message.conversation) });
  });
}

export async function approve(message: Message, call: string, allow: boolean): Promise<void> {
  if (message.run) await api.approveCall(message.run.id, call, allow);
}

/** Shows another of the messages that stand beside each other. */
export async function showSibling(conversation: string, sibling: string): Promise<void> {
  const stored = await api.selectBranch(conversation, sibling);
  updateConversation(conversation, () => stored);
  await showStretch(conversation, { around: sibling });
}

/** Follows the answers in a branch that are still being written: after a reload, in a second tab, on another device. */
export function followUnfinished(branch: readonly Message[]): void {
  for (const message of branch) {
    if (message.run && isUnfinished(message.status))
      liveRuns.follow({ id: message.run.id, message: message.id, conversation: message.conversation }, { attempt: 0, seq: 0 });
  }
}

/** Shows local messages in place of one and all below it, while `call` asks the server for them; a refusal puts back what there was. */
export async function showInstead(message: Message, local: Message[], call: () => Promise<void>): Promise<void> {
  const key = keys.messages(message.conversation);
  await queryClient.cancelQueries({ queryKey: key });
  const before = queryClient.getQueryData<Stretch>(key);
  queryClient.setQueryData<Stretch>(key, (data) => data && replaceFrom(data, message.id, local));
  markRunning(message.conversation, true);
  try {
    await call();
  } catch (error) {
    queryClient.setQueryData(key, before);
    markRunning(message.conversation, false);
    throw asApiError(error);
  }
}

/** Puts the server's messages where the local ones stood, and follows the run. */
export function adopt(started: Started, localAnswerId: string): void {
  const { message, assistant } = started;
  takeOver(localAnswerId, assistant.id);
  updateNewestMessages(message.conversation, (items) => {
    if (items.some((item) => item.id === assistant.id)) return items;
    return [...items.filter((item) => item.id !== message.id && item.id !== localAnswerId), message, assistant];
  });
  // A request that left before this was stored would bring back the branch without it: ask again.
  void queryClient.invalidateQueries({ queryKey: keys.messages(message.conversation) });
  liveRuns.followStarted(started);
  stopIfWanted(localAnswerId, assistant);
}

function markRunning(id: string, running: boolean): void {
  updateConversation(id, (item) => ({ ...item, running }));
}

function beginConversation(id: string, model: ModelRef, beginning: NonNullable<api.SendInput["conversation"]>): void {
  if (queryClient.getQueryData(keys.conversation(id))) return;
  const { folder = null, temporary = false } = beginning;
  putConversation(conversationOf({ id, model, folder, temporary, running: true }));
  queryClient.setQueryData<Pages<Message>>(keys.messages(id), { pages: [{ items: [], next: null }], pageParams: [null] });
}

/** Brings a conversation to the top of the list. */
function raise(id: string): void {
  const item = findConversation(id);
  if (item) putConversation({ ...item, updated: new Date().toISOString() });
}
