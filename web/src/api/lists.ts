import type { Conversation } from "./types.ts";

/** A conversation that the server has not named yet. */
export function conversationOf(known: Partial<Conversation> & { id: string }): Conversation {
  const now = new Date().toISOString();
  return {
    title: "",
    title_source: "none",
    model: null,
    leaf: null,
    folder: null,
    pinned: false,
    archived: false,
    unread: false,
    running: false,
    temporary: false,
    expires: null,
    created: now,
    updated: now,
    rev: 0,
    ...known,
  };
}
