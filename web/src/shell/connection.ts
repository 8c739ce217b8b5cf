import type { ApiError } from "../api/errors.ts";
import { queryClient } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import { SharedStream } from "../api/shared-stream.ts";
import { redeliverRecent } from "../conversation/actions.ts";
import { liveRuns } from "../conversation/live.ts";
import { StateSync } from "./state-sync.ts";

/** Opens the connection: runs to the live store, hints to the query cache. The function that it returns ends it. */
export function connect(user: string, onOwnSettings: () => void): () => void {
  const sync = new StateSync(onOwnSettings);
  let wasLost = false;
  const stream = new SharedStream(`portico:stream:${user}`, {
    frame: (frame) => (frame.frame === "sync" ? sync.hint(frame) : liveRuns.take(frame)),
    connection: (connection) => {
      useSession.setState({ connection });
      if (connection === "open" && wasLost) comeBack();
      wasLost = connection === "lost" || connection === "restarting";
    },
    refused: (error) => onRefused(error),
  });
  sync.attach(stream);
  liveRuns.attach(stream);
  stream.start();

  useSession.setState({ reconnect: () => stream.wake() });
  const listeners = new AbortController();
  const { signal } = listeners;
  const changed = () => stream.wake(true); // The network came or went: what seems to be open may be dead.
  window.addEventListener("online", changed, { signal });
  window.addEventListener("offline", changed, { signal });
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && stream.wake(), { signal });
  return () => {
    listeners.abort();
    stream.stop();
  };
}

/** After a gap: what may have been lost is sent again, and what broke the connection may have been a new version. */
function comeBack(): void {
  redeliverRecent();
  void import("../pwa/start.ts").then(({ checkForUpdate }) => checkForUpdate());
}

/** A watched run may have gone with its conversation: ask the server anew what there is. */
function onRefused(error: ApiError): void {
  if (error.status === 401) {
    useSession.setState({ expired: true });
    return;
  }
  liveRuns.clear();
  void queryClient.invalidateQueries();
}
