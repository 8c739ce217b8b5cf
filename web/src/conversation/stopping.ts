import { useCallback, useSyncExternalStore } from "react";
import { cancelRun } from "../api/client.ts";
import type { Message } from "../api/types.ts";
import { attempt } from "./attempt.ts";
import { liveRuns } from "./live.ts";

/** Answers that were stopped before the server had named them. */
const stoppedEarly = new Set<string>();

/** Stops an answer: the text stands still in this frame, the server hears of it after; if it cannot be told, the text goes on. */
export async function stop(message: Message): Promise<void> {
  if (!message.run) {
    stoppedEarly.add(message.id);
    return;
  }
  liveRuns.freeze(message.id);
  try {
    await cancelRun(message.run.id);
  } catch (error) {
    liveRuns.thaw(message.id);
    throw error;
  }
}

/** The server has named an answer: if the person stopped it before, it is stopped now. */
export function stopIfWanted(local: string, stored: Message): void {
  if (stoppedEarly.delete(local)) void attempt(stop(stored));
}

/** Whether all of these answers were stopped, though the server has not said yet how they stand. */
export function useStopping(answering: readonly Message[]): boolean {
  const ids = answering.map((message) => message.id).join();
  const subscribe = useCallback(
    (listener: () => void) => {
      const leaves = ids.split(",").map((id) => liveRuns.subscribe(id, listener));
      return () => leaves.forEach((leave) => void leave());
    },
    [ids],
  );
  return useSyncExternalStore(subscribe, () => ids !== "" && ids.split(",").every((id) => liveRuns.draftOf(id)?.state === "cancelled"));
}
