import { useEffect } from "react";
import { keys, messagesQuery, type Pages, queryClient } from "../api/queries.ts";
import type { Conversation } from "../api/types.ts";
import { preloadActs } from "./later.ts";

const QUIET_MS = 1_200;
const NEWEST = 5;

/** What makes the next step fast, when the browser has nothing better to do: code, what was kept on this device, the newest conversations. */
export function useIdleWork(user: string, basePath: string, loadCode: () => Promise<unknown>): void {
  useEffect(() => {
    let stop: (() => void) | null = null;
    let over = false;
    const work = async () => {
      await loadCode();
      preloadActs();
      const { keepQueries } = await import("../api/keep.ts");
      const end = await keepQueries(queryClient, user, basePath);
      stop = end;
      if (over) end();
      else await prefetchNewest();
    };
    const timer = setTimeout(() => void work().catch(() => undefined), QUIET_MS); // Offline: everything is loaded when it is wanted.
    return () => {
      over = true;
      clearTimeout(timer);
      stop?.();
    };
  }, [user, basePath, loadCode]);
}

/** One after another, and not where people pay for bytes. */
async function prefetchNewest(): Promise<void> {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (connection?.saveData) return;
  const listed = queryClient.getQueryData<Pages<Conversation>>(keys.list("recent"))?.pages[0]?.items ?? [];
  for (const { id } of listed.slice(0, NEWEST)) {
    if (document.hidden) return;
    await queryClient.prefetchInfiniteQuery(messagesQuery(id));
  }
}
