import type { InputPart, Message, MessageStatus, ModelRef } from "../api/types.ts";

/** The id of the answer that is shown before the server has named it. */
export function pendingAnswerId(question: string): string {
  return `pending:${question}`;
}

/** As `pendingAnswerId`, of one of several answers that are asked for at once. */
export function pendingColumn(question: string, at: number): string {
  return `pending:${question}:${at}`;
}

export function isUnfinished(status: MessageStatus): boolean {
  return status === "pending" || status === "streaming";
}

const viewKeys = new Map<string, string>();

/** The server's message takes over the place (and the view) of a local one. */
export function takeOver(local: string, stored: string): void {
  viewKeys.set(stored, viewKeys.get(local) ?? local);
}

/** A key for the view of a message that survives the change from the local to the stored id. */
export function viewKeyOf(message: string): string {
  return viewKeys.get(message) ?? message;
}

type Draft = { id: string; conversation: string; parent: string | null; parts: InputPart[]; siblings?: string[] };

export function localQuestion(draft: Draft): Message {
  return {
    ...blank(draft.id, draft.conversation, draft.parent),
    role: "user",
    status: "done",
    parts: draft.parts,
    siblings: draft.siblings ?? [draft.id],
  };
}

export function localAnswer(conversation: string, parent: string, model: ModelRef, siblings: string[] = []): Message {
  const id = pendingAnswerId(parent);
  const answer = blank(id, conversation, parent);
  return { ...answer, role: "assistant", status: "pending", provider: model.provider, model: model.model, siblings: [...siblings, id] };
}

function blank(id: string, conversation: string, parent: string | null): Omit<Message, "role" | "status" | "siblings"> {
  return {
    id,
    conversation,
    parent,
    parts: [],
    provider: null,
    model: null,
    run: null,
    usage: null,
    error: null,
    created: new Date().toISOString(),
    finished: null,
  };
}

/** The messages before the one with this id; all of them if it is not there. */
export function upTo(items: Message[], id: string): Message[] {
  const at = items.findIndex((item) => item.id === id);
  return at < 0 ? items : items.slice(0, at);
}
