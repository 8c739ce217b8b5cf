const RETRY_MS = [1_000, 3_000, 10_000, 30_000];

/** Calls `load` until it succeeds, a few times, at once when the network is back; the function that it returns gives up. */
export function retry<T>(load: () => Promise<T>, done: (result: T) => void): () => void {
  let wanted = true;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const attempt = () => {
    clearTimeout(timer);
    load().then(
      (result) => wanted && done(result),
      () => {
        const wait = RETRY_MS[tries];
        tries += 1;
        if (wanted && wait !== undefined) timer = setTimeout(attempt, wait);
      },
    );
  };
  const stop = () => {
    wanted = false;
    clearTimeout(timer);
    window.removeEventListener("online", attempt);
  };
  window.addEventListener("online", attempt);
  attempt();
  return stop;
}
