import { useCallback, useSyncExternalStore } from "react";
import { liveRuns } from "./live.ts";
import type { Draft } from "./reduce.ts";

/** The live draft of a message, or null when nothing is being written to it. */
export function useDraft(message: string): Draft | null {
  const subscribe = useCallback((listener: () => void) => liveRuns.subscribe(message, listener), [message]);
  return useSyncExternalStore(subscribe, () => liveRuns.draftOf(message));
}
