import type { QueryKey } from "@tanstack/react-query";
import { getChanges } from "../api/client.ts";
import { ApiError } from "../api/errors.ts";
import type { Frame } from "../api/events.ts";
import { keys, queryClient } from "../api/queries.ts";
import type { SharedStream } from "../api/shared-stream.ts";
import { takeChanges } from "../api/shelf.ts";
import type { Change } from "../api/types.ts";

/** Keeps the query cache in step with what other tabs, devices and people's changes did on the server. */
export class StateSync {
  #rev: number | null = null;
  #hinted = 0;
  #stream: Pick<SharedStream, "since"> | null = null;
  #busy = false;

  /** `onOwnSettings` is called when the person's own settings or account changed. */
  constructor(private readonly onOwnSettings: () => void) {}

  attach(stream: Pick<SharedStream, "since">): void {
    this.#stream = stream;
    stream.since = 0; // The first hint then comes at once, and says where the server is.
  }

  hint(frame: Extract<Frame, { frame: "sync" }>): void {
    this.#hinted = frame.rev;
    if (this.#rev !== null) void this.#pull();
    else this.#begin();
  }

  /** The first hint: what the page began with was loaded at a revision that is not known. */
  #begin(): void {
    this.#advance(this.#hinted);
    void queryClient.invalidateQueries({ queryKey: keys.conversations });
    void queryClient.invalidateQueries({ queryKey: keys.folders });
    void queryClient.invalidateQueries({ queryKey: ["messages"] });
    this.onOwnSettings();
  }

  /** The server does not know any more what changed since: everything is asked for anew. */
  #startOver(): void {
    this.#advance(this.#hinted);
    void queryClient.invalidateQueries();
    this.onOwnSettings();
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
        this.#apply(page.changes);
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

  #apply(changes: readonly Change[]): void {
    const touched = new Map(changes.flatMap((change) => touchedBy(change).map((key) => [JSON.stringify(key), key])));
    for (const queryKey of touched.values()) void queryClient.invalidateQueries({ queryKey });
    takeChanges(changes);
    for (const { kind, id, deleted } of changes) if (kind === "conversation" && deleted) forget(id);
    if (changes.some(({ kind }) => kind === "settings" || kind === "user")) this.onOwnSettings();
  }
}

/** What is asked for anew after a change. A message's change names its conversation beside it. */
function touchedBy({ kind, id }: Change): QueryKey[] {
  switch (kind) {
    case "conversation":
      return [keys.messages(id)]; // The lists are kept one by one.
    case "message":
    case "folder":
      return [];
    case "provider":
      return [keys.models, keys.providers];
    case "settings":
      return [keys.settings];
    case "user":
      return [keys.users];
    default:
      return [[kind], [`${kind}s`]]; // A kind that came with a newer server, by the names that queries have.
  }
}

/** A conversation that is gone: whoever looks at it learns that, instead of reading on in what is left of it here. */
function forget(id: string): void {
  for (const queryKey of [keys.conversation(id), keys.messages(id)]) void queryClient.resetQueries({ queryKey });
}
