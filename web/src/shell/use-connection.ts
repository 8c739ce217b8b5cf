import { useEffect } from "react";
import { getChanges, getSettings } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import type { Frame } from "../api/events.ts";
import { setUnauthorizedHandler } from "../api/http.ts";
import { keys, queryClient } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import { SharedStream } from "../api/shared-stream.ts";
import type { Change } from "../api/types.ts";
import { deliver, redeliverRecent } from "../conversation/actions.ts";
import { liveRuns } from "../conversation/live.ts";
import { openOutbox } from "../conversation/outbox.ts";

/** Holds the page's one connection while somebody is signed in: runs to the live store, hints to the query cache. */
export function useConnection(user: string): void {
  useEffect(() => {
    const sync = new StateSync();
    let wasLost = false;
    const stream = new SharedStream(`portico:stream:${user}`, {
      frame: (frame) => (frame.frame === "sync" ? sync.hint(frame) : liveRuns.take(frame)),
      connection: (connection) => {
        useSession.setState({ connection });
        if (connection === "open" && wasLost) redeliverRecent();
        wasLost = connection === "lost";
      },
      refused: (error) => onRefused(error),
    });
    sync.attach(stream);
    liveRuns.attach(stream);
    setUnauthorizedHandler(() => useSession.setState({ expired: true }));
    stream.start();
    for (const letter of openOutbox(user)) void deliver(letter.conversation, letter.body);
    void loadOwnSettings();

    const wake = () => document.visibilityState === "visible" && stream.wake();
    window.addEventListener("online", wake);
    document.addEventListener("visibilitychange", wake);
    return () => {
      window.removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      stream.stop();
      liveRuns.clear();
    };
  }, [user]);
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

async function loadOwnSettings(): Promise<void> {
  const settings = await queryClient.fetchQuery({ queryKey: keys.settings, queryFn: getSettings }).catch(() => null);
  if (!settings) return; // The defaults stand until the next start.
  const { default_model: chosen, send_key: sendKey } = settings;
  useSession.setState((state) => ({ sendKey: sendKey ?? "enter", defaultModel: chosen ?? state.defaultModel }));
}

/** Keeps the query cache in step with what other tabs, devices and people's changes did on the server. */
class StateSync {
  #rev: number | null = null;
  #hinted = 0;
  #stream: SharedStream | null = null;
  #busy = false;

  attach(stream: SharedStream): void {
    this.#stream = stream;
    stream.since = 0; // The first hint then comes at once, and says where the server is.
  }

  hint(frame: Extract<Frame, { frame: "sync" }>): void {
    this.#hinted = frame.rev;
    if (this.#rev !== null) void this.#pull();
    else this.#startOver();
  }

  /** Asks anew for what is shown: it was loaded at a revision that is not known. */
  #startOver(): void {
    this.#advance(this.#hinted);
    void queryClient.invalidateQueries({ queryKey: keys.conversations });
    void queryClient.invalidateQueries({ queryKey: ["messages"] });
  }

  #advance(rev: number): void {
    this.#rev = rev;
    if (this.#stream) this.#stream.since = rev;
  }

  async #pull(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      while (this.#rev !== null && this.#rev < this.#hinted) {
        const page = await getChanges(this.#rev);
        apply(page.changes);
        if (page.rev === this.#rev) return; // What the hint spoke of is not kept any more.
        this.#advance(page.rev);
      }
    } catch (error) {
      if (error instanceof ApiError && error.status === 410) this.#startOver();
      // Otherwise the connection is lost as well, and the next hint asks again.
    } finally {
      this.#busy = false;
    }
  }
}

function apply(changes: readonly Change[]): void {
  const kinds = new Set(changes.map((change) => change.kind));
  if (kinds.has("conversation")) {
    void queryClient.invalidateQueries({ queryKey: keys.conversations });
    for (const change of changes)
      if (change.kind === "conversation") void queryClient.invalidateQueries({ queryKey: keys.conversation(change.id) });
  }
  if (kinds.has("message") || kinds.has("conversation")) void queryClient.invalidateQueries({ queryKey: ["messages"] });
  if (kinds.has("provider")) {
    void queryClient.invalidateQueries({ queryKey: keys.models });
    void queryClient.invalidateQueries({ queryKey: keys.providers });
  }
  if (kinds.has("settings")) void queryClient.invalidateQueries({ queryKey: keys.settings });
  if (kinds.has("user")) void queryClient.invalidateQueries({ queryKey: keys.users });
}
