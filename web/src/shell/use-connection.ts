import { useEffect, useRef } from "react";
import type { ApiError } from "../api/errors.ts";
import { setUnauthorizedHandler } from "../api/http.ts";
import { queryClient } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import { SharedStream } from "../api/shared-stream.ts";
import { deliver, redeliverRecent } from "../conversation/actions.ts";
import { liveRuns } from "../conversation/live.ts";
import { openOutbox } from "../conversation/outbox.ts";
import { useChangeLocale } from "../i18n/context.ts";
import { adoptOwnSettings } from "./own-settings.ts";
import { StateSync } from "./state-sync.ts";

/** Holds the page's one connection while somebody is signed in: runs to the live store, hints to the query cache. */
export function useConnection(user: string): void {
  const changeLocale = useRef(useChangeLocale());
  useEffect(() => {
    const loadOwnSettings = () => void adoptOwnSettings(changeLocale.current);
    const sync = new StateSync(loadOwnSettings);
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
    setUnauthorizedHandler(() => useSession.setState({ expired: true }));
    stream.start();
    for (const letter of openOutbox(user)) void deliver(letter.conversation, letter.body);

    useSession.setState({ reconnect: () => stream.wake() });
    const wake = () => document.visibilityState === "visible" && stream.wake();
    const changed = () => stream.wake(true); // The network came or went: what seems to be open may be dead.
    window.addEventListener("online", changed);
    window.addEventListener("offline", changed);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", changed);
      window.removeEventListener("offline", changed);
      document.removeEventListener("visibilitychange", wake);
      stream.stop();
      liveRuns.clear();
    };
  }, [user]);
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
