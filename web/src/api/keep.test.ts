import { QueryClient } from "@tanstack/react-query";
import { beforeEach, expect, test } from "vitest";
import { Keeper } from "./keep.ts";
import type { Row, Shelf } from "./kept.ts";
import { keys } from "./queries.ts";
import { BUILD, restore, rowId } from "./restore.ts";

/** A shelf in memory: the same promises as the one in IndexedDB. */
class MemoryShelf implements Shelf {
  readonly rows = new Map<string, Row>();
  get = (id: string) => Promise.resolve(this.rows.get(id));
  all = () => Promise.resolve([...this.rows.values()]);
  put = async (row: Row) => void this.rows.set(row.id, structuredClone(row));
  remove = async (ids: readonly string[]) => {
    for (const id of ids) this.rows.delete(id);
  };
}

let client: QueryClient;
let shelf: MemoryShelf;

beforeEach(() => {
  client = new QueryClient();
  shelf = new MemoryShelf();
});

const page = (id: string, status = "done") => ({
  pages: [{ items: [{ id, status }], next: "older" }, { items: [{ id: "old" }] }],
  pageParams: [null, "older"],
});

async function write(key: readonly unknown[]): Promise<void> {
  const query = client.getQueryCache().find({ queryKey: key, exact: true });
  if (query) await new Keeper(client, "ada", shelf).write(query);
}

async function conversation(id: string, more: object = {}): Promise<void> {
  client.setQueryData(keys.conversation(id), { id, ...more });
  client.setQueryData(keys.messages(id), page(`m-${id}`));
  await write(keys.conversation(id));
  await write(keys.messages(id));
}

test("a conversation is kept with its newest page, and painted from there by the next page load", async () => {
  await conversation("c1");
  const next = new QueryClient();
  await restore(next, "ada", shelf, [keys.conversation("c1"), keys.messages("c1")]);
  expect(next.getQueryData(keys.messages("c1"))).toEqual({
    pages: [{ items: [{ id: "m-c1", status: "done" }], next: "older" }],
    pageParams: [null],
  });
  expect(next.getQueryState(keys.messages("c1"))?.dataUpdatedAt).toBe(1); // so old that it is asked for anew
});

test("nothing of a temporary conversation is kept", async () => {
  await conversation("c1", { temporary: true });
  expect(shelf.rows.size).toBe(0);
});

test("messages of a conversation of which nothing else is known are not kept: it may be a temporary one", async () => {
  client.setQueryData(keys.messages("c1"), page("m1"));
  await write(keys.messages("c1"));
  expect(shelf.rows.size).toBe(0);
});

test("while an answer is under way the last whole state stays", async () => {
  await conversation("c1");
  client.setQueryData(keys.messages("c1"), page("m2", "streaming"));
  await write(keys.messages("c1"));
  expect(JSON.stringify(shelf.rows.get(rowId("ada", keys.messages("c1"))))).toContain("m-c1");
});

test("while a stretch further up is shown the newest one stays", async () => {
  await conversation("c1");
  client.setQueryData(keys.messages("c1"), {
    pages: [{ items: [{ id: "m-old", status: "done" }], next: null, previous: "m-old" }],
    pageParams: [{ around: "m-old" }],
  });
  await write(keys.messages("c1"));
  expect(JSON.stringify(shelf.rows.get(rowId("ada", keys.messages("c1"))))).toContain("m-c1");
});

test("another person, and another build of the page, read nothing of it", async () => {
  await conversation("c1");
  const next = new QueryClient();
  await restore(next, "bob", shelf, [keys.conversation("c1")]);
  const row = shelf.rows.get(rowId("ada", keys.conversation("c1")));
  if (row) shelf.rows.set(row.id, { ...row, build: `not ${BUILD}` });
  await restore(next, "ada", shelf, [keys.conversation("c1")]);
  expect(next.getQueryData(keys.conversation("c1"))).toBeUndefined();
});

test("what the page knows better is not replaced by what was kept", async () => {
  await conversation("c1", { title: "old" });
  client.setQueryData(keys.conversation("c1"), { id: "c1", title: "new" });
  await restore(client, "ada", shelf, [keys.conversation("c1")]);
  expect(client.getQueryData(keys.conversation("c1"))).toEqual({ id: "c1", title: "new" });
});

test("a query that failed, as of a deleted conversation, takes its row away", async () => {
  await conversation("c1");
  const gone = client.getQueryCache().find({ queryKey: keys.messages("c1"), exact: true });
  client.removeQueries({ queryKey: keys.messages("c1") });
  if (gone) await new Keeper(client, "ada", shelf).write(gone);
  expect([...shelf.rows.keys()]).toEqual([rowId("ada", keys.conversation("c1"))]);
});

test("the newest sixty rows stay, and none is larger than half a megabyte", async () => {
  for (let n = 0; n < 70; n += 1) {
    client.setQueryData(keys.conversation(`c${n}`), { id: `c${n}` });
    await write(keys.conversation(`c${n}`));
  }
  expect(shelf.rows.size).toBe(60);
  client.setQueryData(keys.conversation("big"), { id: "big", title: "x".repeat(600_000) });
  await write(keys.conversation("big"));
  expect(shelf.rows.has(rowId("ada", keys.conversation("big")))).toBe(false);
});
