import { useEffect, useRef } from "react";
import { isComposing } from "../design/composing.ts";

/** Escape stops the answer under way, unless a layer is open that it closes first. */
export function useStopKey(active: boolean, stop: () => void): void {
  const latest = useRef(stop);
  latest.current = stop;
  useEffect(() => {
    if (!active) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || isComposing(event)) return;
      if (document.querySelector("[role=dialog],[role=menu]")) return;
      latest.current();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [active]);
}
