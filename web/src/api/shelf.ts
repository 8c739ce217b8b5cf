/** The sidebar's share of the query cache: every list of conversations, and the folders. */
import * as api from "./client.ts";
import { ApiError } from "./errors.ts";
import { type ListName, listOf, place, without } from "./lists.ts";
import { keys, type Pages, queryClient } from "./queries.ts";
import type { Boot, Change, Conversation, Folder, Page } from "./types.ts";

const MANY = 20;

/** The first pages, as they came with the page itself. */
export function seedShelf(boot: Boot): void {
  const put = (name: ListName, page: Page<Conversation>) =>
    queryClient.setQueryData<Pages<Conversation>>(keys.list(name), { pages: [page], pageParams: [null] });
  if (!boot.conversations) return;
  put("recent", boot.conversations);
  put("pinned", { items: boot.pinned, next: null });
  queryClient.setQueryData<Page<Folder>>(keys.folders, { items: boot.folders, next: null });
}

export function findConversation(id: string): Conversation | undefined {
  const known = queryClient.getQueryData<Conversation>(keys.conversation(id));
  if (known) return known;
  const lists = queryClient.getQueriesData<Pages<Conversation>>({ queryKey: keys.conversations });
  return lists
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap((page) => page.items)
    .find((item) => item.id === id);
}

/** Shows a conversation as it is given here: in the list where it belongs now and in no other. */
export function putConversation(item: Conversation): void {
  queryClient.setQueryData<Conversation>(keys.conversation(item.id), item);
  const home = listOf(item);
  for (const [key, data] of queryClient.getQueriesData<Pages<Conversation>>({ queryKey: keys.conversations })) {
    if (!data) continue;
    const next = key[1] === home ? place(data, item) : without(data, item.id);
    if (next !== data) queryClient.setQueryData(key, next);
  }
}

const writing = new Map<string, { count: number; last: Promise<unknown> }>();

/**
 * Keeps what the server says of these conversations away from the page while a write of its own is under way. Writes to the same
 * conversation reach the server one after another: what is renamed and deleted at once was renamed before it went.
 */
export async function whileWriting<T>(ids: readonly string[], work: () => Promise<T>): Promise<T> {
  const own = Promise.allSettled(ids.map((id) => writing.get(id)?.last)).then(work);
  for (const id of ids) writing.set(id, { count: (writing.get(id)?.count ?? 0) + 1, last: own });
  try {
    return await own;
  } finally {
    for (const id of ids) {
      const state = writing.get(id);
      if (state) state.count -= 1;
      if (!state?.count) writing.delete(id);
    }
  }
}

/** Whether nothing was done to this conversation since the write under way: its answer may be shown. */
export function isLastWrite(id: string): boolean {
  return (writing.get(id)?.count ?? 0) <= 1;
}

/** Takes over what other tabs, devices and the server itself did to conversations and folders. */
export function takeChanges(changes: readonly Change[]): void {
  const folders = changes.filter((change) => change.kind === "folder");
  if (folders.length) void queryClient.invalidateQueries({ queryKey: keys.folders });
  const last = new Map(changes.filter((change) => change.kind === "conversation").map((change) => [change.id, change]));
  // A deleted folder lets its conversations go without a word of each.
  if (last.size > MANY || folders.some((change) => change.deleted)) void queryClient.invalidateQueries({ queryKey: keys.conversations });
  if (last.size > MANY) void queryClient.invalidateQueries({ queryKey: ["conversation"] });
  else for (const change of last.values()) void takeChange(change);
}

async function takeChange({ id, deleted }: Change): Promise<void> {
  if (deleted) return forget(id);
  try {
    const stored = await api.getConversation(id);
    if (!writing.has(id)) putConversation(stored);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) forget(id);
    // Otherwise the connection is lost as well, and the next hint asks again.
  }
}

function forget(id: string): void {
  for (const [key, data] of queryClient.getQueriesData<Pages<Conversation>>({ queryKey: keys.conversations }))
    if (data) queryClient.setQueryData(key, without(data, id));
  void queryClient.invalidateQueries({ queryKey: keys.conversation(id) });
}
