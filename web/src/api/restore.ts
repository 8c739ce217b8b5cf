import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { openShelf, type Row, type Shelf } from "./kept.ts";
import { keys } from "./queries.ts";

const PATIENCE_MS = 150;

/** This build of the page: the name of the file that holds it carries its hash. */
export const BUILD = new URL(import.meta.url).pathname.split("/").at(-1) ?? "";

export function rowId(user: string, key: QueryKey): string {
  return `${user} ${JSON.stringify(key)}`;
}

/** Puts into the cache what the page at this address paints first, as it was kept. All of it counts as old, so that it is asked for anew. */
export async function restoreFirst(client: QueryClient, user: string, path: string, basePath: string): Promise<void> {
  const late = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS)); // A slow disk must not hold up the page.
  const shelf = await Promise.race([openShelf(basePath), late]);
  if (shelf) await Promise.race([restore(client, user, shelf, firstKeys(path)), late]);
}

function firstKeys(path: string): QueryKey[] {
  const id = /^\/c\/([^/]+)/.exec(path)?.[1];
  return [keys.models, keys.settings, ...(id ? [keys.conversation(id), keys.messages(id)] : [])];
}

export async function restore(client: QueryClient, user: string, shelf: Shelf, wanted: readonly QueryKey[]): Promise<void> {
  const rows = await Promise.all(wanted.map((key) => shelf.get(rowId(user, key)).catch(() => undefined)));
  for (const row of rows) if (row) adopt(client, user, row);
}

export function adopt(client: QueryClient, user: string, row: Row): void {
  if (row.user !== user || row.build !== BUILD || client.getQueryData(row.key) !== undefined) return;
  client.setQueryData(row.key, row.data, { updatedAt: 1 });
}
