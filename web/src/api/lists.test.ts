import { expect, test } from "vitest";
import { conversationOf, listOf, place, without } from "./lists.ts";
import type { Pages } from "./queries.ts";
import type { Conversation } from "./types.ts";

const at = (minute: number) => `2026-05-20T09:${String(minute).padStart(2, "0")}:00.000Z`;
const used = (id: string, minute: number) => conversationOf({ id, updated: at(minute) });

function pagesOf(pages: Conversation[][], next: string | null = null): Pages<Conversation> {
  return { pages: pages.map((items, index) => ({ items, next: index < pages.length - 1 ? "more" : next })), pageParams: [] };
}

const ids = (data: Pages<Conversation>) => data.pages.map((page) => page.items.map((item) => item.id));

test("a conversation stands in one list: archive before pin before folder, and a temporary one in none", () => {
  const folder = { id: "a", folder: "f" };
  expect(listOf(conversationOf({ id: "a" }))).toBe("recent");
  expect(listOf(conversationOf(folder))).toBe("folder:f");
  expect(listOf(conversationOf({ ...folder, pinned: true }))).toBe("pinned");
  expect(listOf(conversationOf({ ...folder, pinned: true, archived: true }))).toBe("archived");
  expect(listOf(conversationOf({ id: "a", temporary: true }))).toBeNull();
});

test("a conversation moves to the place of its last use, also between pages", () => {
  const data = pagesOf([[used("a", 9), used("b", 7)], [used("c", 5)]]);
  expect(ids(place(data, used("c", 8)))).toEqual([["a", "c", "b"], []]);
  expect(ids(place(data, used("a", 6)))).toEqual([["b"], ["a", "c"]]);
  expect(ids(place(data, used("d", 10)))).toEqual([["d", "a", "b"], ["c"]]);
  expect(ids(place(data, used("d", 1)))).toEqual([
    ["a", "b"],
    ["c", "d"],
  ]);
});

test("what belongs behind the end of what is loaded comes with its page", () => {
  const data = pagesOf([[used("a", 9), used("b", 7)]], "more");
  expect(ids(place(data, used("c", 5)))).toEqual([["a", "b"]]);
  expect(ids(place(data, used("a", 5)))).toEqual([["b"]]);
});

test("an empty list takes its first conversation", () => {
  expect(ids(place(pagesOf([[]]), used("a", 1)))).toEqual([["a"]]);
});

test("a list without the conversation stays the same object, so that nothing is drawn anew", () => {
  const data = pagesOf([[used("a", 9)]]);
  expect(without(data, "z")).toBe(data);
});
