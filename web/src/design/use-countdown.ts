import { useEffect, useState } from "react";

/** Seconds that are left of `ms`, counted down from when `since` changed; 0 when it is over or there is nothing to wait for. */
export function useCountdown(ms: number | null, since: unknown): number {
  const [left, setLeft] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a second refusal of the same length starts the count anew
  useEffect(() => {
    if (!ms) {
      setLeft(0);
      return;
    }
    const end = performance.now() + ms;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1_000)));
    tick();
    const timer = setInterval(tick, 500);
    return () => clearInterval(timer);
  }, [ms, since]);
  return left;
}
