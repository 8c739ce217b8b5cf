/** The stretch of a branch that the page holds, as pages that run upward from the newest one held. Pure. */
import { type InfiniteData, replaceEqualDeep } from "@tanstack/react-query";
import type { Message, Page } from "./types.ts";

export type StretchPage = Page<Message> & { previous?: string | null };
export type Stretch = InfiniteData<StretchPage, unknown>;

/** The messages in order, root side first. */
export function branchOf(data: Stretch | undefined): Message[] {
  return [...(data?.pages ?? [])].reverse().flatMap((page) => page.items);
}

/** Whether the stretch reaches down to the end of the branch. */
export function holdsNewest(data: Stretch | undefined): boolean {
  return !data?.pages[0]?.previous;
}

/**
 * The new data with every message that did not change as the object that it was, whatever page it stands on now: pages shift
 * when a message is added, and what is the same object is not rendered again.
 */
export function keepSame(before: Stretch | undefined, after: Stretch): Stretch {
  if (!before) return after;
  const known = new Map(branchOf(before).map((message) => [message.id, message]));
  const keep = (message: Message) => replaceEqualDeep(known.get(message.id), message) as Message;
  return { ...after, pages: after.pages.map((page) => ({ ...page, items: page.items.map(keep) })) };
}

/** The stretch that ends with `local` in place of `message` and all below it, for a new version that the server has not seen yet. */
export function replaceFrom(data: Stretch, message: string, local: Message[]): Stretch {
  const at = data.pages.findIndex((page) => page.items.some((item) => item.id === message));
  const page = data.pages[at];
  if (!page) return data;
  const kept = page.items.slice(
    0,
    page.items.findIndex((item) => item.id === message),
  );
  const end: StretchPage = { items: [...kept, ...local], next: page.next, previous: null };
  return { pages: [end, ...data.pages.slice(at + 1)], pageParams: [null, ...data.pageParams.slice(at + 1)] };
}
