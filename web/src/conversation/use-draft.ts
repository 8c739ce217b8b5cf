import { useCallback, useSyncExternalStore } from "react";
import { liveRuns } from "./live.ts";
import type { Draft } from "./reduce.ts";

/** The live draft of a message, or null when nothing is being written to it. */
export function useDraft(message: string): Draft | null {
  return useSyncExternalStore(useSubscribe(message), () => liveRuns.draftOf(message));
}

/** The live draft of a message whose person has stopped it, else null: what needs no more is not rendered with every word. */
export function useStoppedDraft(message: string): Draft | null {
  return useSyncExternalStore(useSubscribe(message), () => {
    const draft = liveRuns.draftOf(message);
    return draft?.state === "cancelled" ? draft : null;
  });
}

function useSubscribe(message: string): (listener: () => void) => () => void {
  return useCallback((listener) => liveRuns.subscribe(message, listener), [message]);
}
