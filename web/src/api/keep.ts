import type { InfiniteData, Query, QueryClient } from "@tanstack/react-query";
import { openShelf, type Row, type Shelf } from "./kept.ts";
import { keys } from "./queries.ts";
import { adopt, BUILD, rowId } from "./restore.ts";
import type { StretchPage } from "./stretch.ts";
import type { Conversation, Message, Page } from "./types.ts";

const WRITE_MS = 1_000;
const MOST_ROWS = 60;
const MOST_BYTES = 4_000_000;
const MOST_ROW_BYTES = 500_000;
/** Kinds of queries that are kept. Whatever is not named here never touches the disk. */
const KEPT = new Set(["conversations", "conversation", "messages", "models", "settings", "folders"]);

/** Restores the rest of what was kept, and keeps what the cache learns from now on; the function that it returns ends that. */
export async function keepQueries(client: QueryClient, user: string, basePath: string): Promise<() => void> {
  const shelf = await openShelf(basePath);
  if (!shelf) return () => undefined;
  const rows = await shelf.all();
  await shelf.remove(rows.filter((row) => row.user !== user || row.build !== BUILD).map((row) => row.id));
  for (const row of rows) adopt(client, user, row);
  return new Keeper(client, user, shelf).start();
}

/** Writes changed queries to the shelf, each at most once a second, and takes away what may not or need not stay. */
export class Keeper {
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(
    private readonly client: QueryClient,
    private readonly user: string,
    private readonly shelf: Shelf,
  ) {}

  start(): () => void {
    const stop = this.client.getQueryCache().subscribe((event) => {
      const written = event.type === "updated" && event.action.type === "success";
      if ((written || event.type === "removed") && KEPT.has(String(event.query.queryKey[0]))) this.#schedule(event.query);
    });
    return () => {
      stop();
      for (const timer of this.#waiting.values()) clearTimeout(timer);
    };
  }

  #schedule(query: Query): void {
    if (this.#waiting.has(query.queryHash)) return;
    const write = () => {
      this.#waiting.delete(query.queryHash);
      this.write(query).catch(() => undefined); // A full disk, or the person signed out meanwhile: the server has it all.
    };
    this.#waiting.set(query.queryHash, setTimeout(write, WRITE_MS));
  }

  /** Brings one row in step with the cache. */
  async write(query: Query): Promise<void> {
    const id = rowId(this.user, query.queryKey);
    const current = this.client.getQueryCache().find({ queryKey: query.queryKey, exact: true });
    const data = current ? this.#worthKeeping(current) : undefined;
    if (data === "later") return;
    if (data === undefined) return this.shelf.remove([id]);
    const size = JSON.stringify(data).length;
    if (size > MOST_ROW_BYTES) return this.shelf.remove([id]);
    await this.shelf.put({ id, user: this.user, build: BUILD, key: query.queryKey, data, size, stored: Date.now() });
    await this.#trim();
  }

  /** What of a query is kept: nothing of a temporary conversation; of lists the newest page; "later" while an answer is under way, or a stretch further up is shown. */
  #worthKeeping(query: Query): unknown {
    const [kind, id] = query.queryKey;
    if (query.state.status !== "success") return undefined;
    if (kind === "conversation") return (query.state.data as Conversation).temporary ? undefined : query.state.data;
    if (kind === "conversations") return firstPage(query.state.data);
    if (kind !== "messages") return query.state.data;
    const conversation = this.client.getQueryData<Conversation>(keys.conversation(String(id)));
    if (!conversation || conversation.temporary) return undefined;
    const stretch = firstPage<Message>(query.state.data);
    const [newest] = (stretch?.pages ?? []) as StretchPage[];
    return newest?.previous || newest?.items.some((message) => UNFINISHED.has(message.status)) ? "later" : stretch;
  }

  async #trim(): Promise<void> {
    const rows = (await this.shelf.all()).sort((one, other) => other.stored - one.stored);
    let bytes = 0;
    const surplus = rows.filter((row, index) => {
      bytes += row.size;
      return index >= MOST_ROWS || bytes > MOST_BYTES;
    });
    if (surplus.length) await this.shelf.remove(surplus.map((row: Row) => row.id));
  }
}

const UNFINISHED = new Set<Message["status"]>(["pending", "streaming"]);

function firstPage<T>(data: unknown): InfiniteData<Page<T>, unknown> | undefined {
  const { pages, pageParams } = data as Partial<InfiniteData<Page<T>, unknown>>;
  return pages?.[0] && pageParams && { pages: [pages[0]], pageParams: [pageParams[0] ?? null] };
}
