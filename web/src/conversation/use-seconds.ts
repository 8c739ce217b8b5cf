import { useEffect, useState } from "react";

/** How many seconds something has been going on, as far as this page has seen it. */
export function useSeconds(running: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!running) return;
    setSeconds(0);
    const timer = setInterval(() => setSeconds((count) => count + 1), 1_000);
    return () => clearInterval(timer);
  }, [running]);
  return seconds;
}
