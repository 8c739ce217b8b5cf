/** The query cache: every piece of server state that the page shows has its one place here. */
import { type InfiniteData, infiniteQueryOptions, QueryClient, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import * as api from "./client.ts";
import { asApiError } from "./errors.ts";
import type { ListName } from "./lists.ts";
import { branchOf, holdsNewest, keepSame, type Stretch, type StretchPage } from "./stretch.ts";
import type { Conversation, Message, Model, ModelRef, Page } from "./types.ts";

const PAGES_HELD = 6;

export const keys = {
  conversations: ["conversations"] as const,
  list: (name: ListName) => ["conversations", name] as const,
  folders: ["folders"] as const,
  conversation: (id: string) => ["conversation", id] as const,
  messages: (id: string) => ["messages", id] as const,
  answers: (question: string) => ["messages", "answers", question] as const,
  models: ["models"] as const,
  providers: ["providers"] as const,
  providerModels: (id: string) => ["providers", id, "models"] as const,
  users: ["users"] as const,
  administrators: ["users", "administrators"] as const,
  apiKeys: ["keys"] as const,
  sessions: ["sessions"] as const,
  settings: ["settings"] as const,
  usage: ["usage"] as const,
  instance: ["instance"] as const,
  invitations: ["invitations"] as const,
  shares: ["shares"] as const,
  sharesOf: (id: string) => ["shares", id] as const,
};

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false, // The state sync says what changed.
      retry: (count, error) => asApiError(error).transient && count < 4,
    },
  },
});

export type Pages<T> = InfiniteData<Page<T>, unknown>;

/** A list of the sidebar. Once it is loaded, the state sync keeps it as it should be. */
export function useConversations(name: ListName = "recent") {
  return useInfiniteQuery({
    queryKey: keys.list(name),
    queryFn: ({ pageParam }) => api.listConversations(name, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    refetchOnReconnect: false,
  });
}

export function useFolders() {
  return useQuery({ queryKey: keys.folders, queryFn: api.listFolders });
}

export function useConversation(id: string) {
  return useQuery({ queryKey: keys.conversation(id), queryFn: () => api.getConversation(id) });
}

/** A stretch of the active branch, the newest page first: `fetchNextPage` goes upward, `fetchPreviousPage` back down. */
export function useMessages(id: string) {
  return useInfiniteQuery(messagesQuery(id));
}

/** However far a person scrolls, some 300 messages are held: pages at the far end go, and come again on the way back. */
export function messagesQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: keys.messages(id),
    queryFn: async ({ pageParam }) => {
      const page = await pageAt(id, pageParam);
      rememberNewest(id, page);
      return page;
    },
    initialPageParam: null as api.MessagePlace,
    getNextPageParam: (page) => (page.next ? { before: page.next } : undefined),
    getPreviousPageParam: (page) => (page.previous ? { after: page.previous } : undefined),
    maxPages: PAGES_HELD,
    gcTime: 30 * 60_000,
    structuralSharing: (before, after) => keepSame(before as Stretch | undefined, after as Stretch),
  });
}

/** Another tab may have chosen a branch that this place is not on: then the end of that one is shown. */
async function pageAt(id: string, place: api.MessagePlace): Promise<StretchPage> {
  try {
    return await api.listMessages(id, place);
  } catch (error) {
    if (!place || "before" in place || asApiError(error).status !== 404) throw error;
    return api.listMessages(id);
  }
}

const newest = new Map<string, string>();

function rememberNewest(id: string, page: StretchPage): void {
  const last = page.items.at(-1);
  if (!page.previous && last) newest.set(id, last.id);
}

/** The last message of a conversation, also while the page shows a stretch further up. */
export function newestMessage(id: string): string | null {
  const data = queryClient.getQueryData<Stretch>(keys.messages(id));
  return (data && holdsNewest(data) ? branchOf(data).at(-1)?.id : newest.get(id)) ?? null;
}

/** Shows another stretch of a conversation in place of the one that is held: around a message, or with null the end. */
export async function showStretch(id: string, place: api.MessagePlace): Promise<void> {
  const key = keys.messages(id);
  const page = await api.listMessages(id, place);
  rememberNewest(id, page);
  await queryClient.cancelQueries({ queryKey: key }); // what is under way would bring back the stretch that goes
  // What reaches the end is asked for as the end from now on: else it would stay behind as the conversation goes on.
  queryClient.setQueryData<Stretch>(key, { pages: [page], pageParams: [page.previous ? place : null] });
}

/** Loads a conversation before it is opened: the pointer rests on its name. */
export function prefetchConversation(id: string): void {
  void queryClient.prefetchInfiniteQuery(messagesQuery(id));
}

export function useModels() {
  return useQuery({ queryKey: keys.models, queryFn: api.listModels, staleTime: 5 * 60_000 });
}

export function findModel(models: readonly Model[] | undefined, ref: ModelRef | null | undefined): Model | undefined {
  return ref ? models?.find((model) => model.provider === ref.provider && model.id === ref.model) : undefined;
}

// Changes of the cache, for writes that are shown before the server has answered.

/** Changes one conversation wherever it is shown; one that moves to another list is put there by the shelf. */
export function updateConversation(id: string, change: (item: Conversation) => Conversation): void {
  queryClient.setQueryData<Conversation>(keys.conversation(id), (item) => item && change(item));
  queryClient.setQueriesData<Pages<Conversation>>({ queryKey: keys.conversations }, (data) =>
    mapPages(data, (items) => items.map((item) => (item.id === id ? change(item) : item))),
  );
}

export function removeConversation(id: string): void {
  queryClient.setQueriesData<Pages<Conversation>>({ queryKey: keys.conversations }, (data) =>
    mapPages(data, (items) => items.filter((item) => item.id !== id)),
  );
}

/** Changes the newest page of a conversation's messages, if it is held. */
export function updateNewestMessages(id: string, change: (items: Message[]) => Message[]): void {
  queryClient.setQueryData<Stretch>(keys.messages(id), (data) => (data && !holdsNewest(data) ? data : mapFirst(data, change)));
}

export function replaceMessage(message: Message, replacing: string = message.id): void {
  queryClient.setQueryData<Pages<Message>>(keys.messages(message.conversation), (data) =>
    mapPages(data, (items) => items.map((item) => (item.id === replacing ? message : item))),
  );
  if (!message.parent) return;
  queryClient.setQueryData<Message[]>(keys.answers(message.parent), (items) =>
    items?.map((item) => (item.id === replacing ? message : item)),
  );
}

function mapPages<T>(data: Pages<T> | undefined, change: (items: T[]) => T[]): Pages<T> | undefined {
  return data && { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) };
}

function mapFirst<T>(data: Pages<T> | undefined, change: (items: T[]) => T[]): Pages<T> {
  const pages = data?.pages ?? [{ items: [], next: null }];
  const changed = pages.map((page, index) => (index === 0 ? { ...page, items: change(page.items) } : page));
  return { pages: changed, pageParams: [null, ...(data?.pageParams.slice(1) ?? [])] }; // From now on it is asked for as the end.
}
