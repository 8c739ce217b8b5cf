/** The lists of the sidebar, pure: which one a conversation stands in, and where. */
import type { Pages } from "./queries.ts";
import type { Conversation } from "./types.ts";

/** Each conversation stands in one list at most: the archive, the pinned ones, its folder, or the recent ones. */
export type ListName = "recent" | "pinned" | "archived" | `folder:${string}`;

/** The list in which a conversation stands; a temporary one stands in none. */
export function listOf(item: Conversation): ListName | null {
  if (item.temporary) return null;
  if (item.archived) return "archived";
  if (item.pinned) return "pinned";
  return item.folder ? `folder:${item.folder}` : "recent";
}

/** The list with this conversation at its place, last used first. Behind the end of what is loaded it is left out: its page will bring it. */
export function place(data: Pages<Conversation>, item: Conversation): Pages<Conversation> {
  const { pages, ...rest } = without(data, item.id);
  const fits = pages.findIndex((page) => page.items.some((other) => precedes(item, other)));
  const target = fits >= 0 ? fits : pages.length - 1;
  if (fits < 0 && pages[target]?.next) return { ...rest, pages };
  const changed = pages.map((page, index) => {
    if (index !== target) return page;
    const before = page.items.filter((other) => !precedes(item, other));
    return { ...page, items: [...before, item, ...page.items.slice(before.length)] };
  });
  return { ...rest, pages: changed };
}

export function without(data: Pages<Conversation>, id: string): Pages<Conversation> {
  if (!data.pages.some((page) => page.items.some((item) => item.id === id))) return data;
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.filter((item) => item.id !== id) })) };
}

function precedes(item: Conversation, other: Conversation): boolean {
  return item.updated === other.updated ? item.id > other.id : item.updated > other.updated;
}

/** A conversation that the server has not stored yet. */
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
