import { type Cursor, type Frame, parseCursor, type RunEvent } from "../api/events.ts";
import { keys, queryClient, replaceMessage, updateConversation } from "../api/queries.ts";
import type { SharedStream } from "../api/shared-stream.ts";
import type { Message, Part, Started } from "../api/types.ts";
import { isUnfinished } from "./local.ts";
import { type Draft, emptyDraft, reduce, reset } from "./reduce.ts";

type Entry = { run: string; message: string; conversation: string; draft: Draft };

/**
 * The runs that this page follows. It lies outside of the query cache and of React, since it changes many times a second:
 * a view subscribes to the one message that it shows.
 */
export class LiveRuns {
  readonly #byRun = new Map<string, Entry>();
  readonly #byMessage = new Map<string, Entry>();
  readonly #listeners = new Map<string, Set<() => void>>();
  #stream: Pick<SharedStream, "watch" | "unwatch"> | null = null;

  /** Takes the connection, which comes after the first runs may have begun to be followed. */
  attach(stream: Pick<SharedStream, "watch" | "unwatch">): void {
    this.#stream = stream;
    for (const { run, draft } of this.#byRun.values()) stream.watch(run, { attempt: draft.attempt, seq: draft.lastSeq });
  }

  /** Follows a run that writes `message`; one that is followed already is left alone. `begun` is what it begins with, until it says so itself. */
  follow(run: { id: string; message: string; conversation: string }, cursor: Cursor, begun: Part[] = []): void {
    if (this.#byRun.has(run.id)) return;
    const draft = { ...emptyDraft, attempt: cursor.attempt, lastSeq: cursor.seq, parts: begun };
    const entry: Entry = { run: run.id, message: run.message, conversation: run.conversation, draft };
    this.#byRun.set(run.id, entry);
    this.#byMessage.set(run.message, entry);
    this.#stream?.watch(run.id, cursor);
    this.#notify(entry.message);
  }

  /** Follows an answer that the server has just begun. */
  followStarted(started: Pick<Started, "run" | "assistant" | "cursor">, begun: Part[] = []): void {
    const { id, message, conversation } = started.run;
    if (isUnfinished(started.assistant.status)) this.follow({ id, message, conversation }, parseCursor(started.cursor), begun);
  }

  draftOf(message: string): Draft | null {
    return this.#byMessage.get(message)?.draft ?? null;
  }

  subscribe(message: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(message) ?? new Set();
    this.#listeners.set(message, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (!listeners.size) this.#listeners.delete(message);
    };
  }

  /** Takes one frame of the stream. Frames of runs that are not followed any more are left out. */
  take(frame: Frame): void {
    if (frame.frame === "bye" || frame.frame === "sync") return;
    const entry = this.#byRun.get(frame.run);
    if (!entry) return;
    switch (frame.frame) {
      case "event":
        this.#takeEvents(entry, frame.events);
        break;
      case "reset":
        this.#set(entry, keepStopped(entry.draft, reset(entry.draft, frame)));
        break;
      case "state":
        this.#set(entry, keepStopped(entry.draft, withState(entry.draft, frame)));
        break;
      case "end":
        this.#end(entry, frame.message);
        break;
      default:
        frame satisfies never;
    }
  }

  /** Drops everything: another person signs in, or the server refused the watch set. */
  clear(): void {
    for (const entry of [...this.#byRun.values()]) this.#forget(entry);
  }

  /** A text that stops growing at once, before the server has heard of it. */
  freeze(message: string): void {
    const entry = this.#byMessage.get(message);
    if (entry) this.#set(entry, { ...entry.draft, state: "cancelled" });
  }

  /** The answer could not be stopped: its text is read again from its beginning, and goes on. */
  thaw(message: string): void {
    const entry = this.#byMessage.get(message);
    if (entry?.draft.state !== "cancelled" || !this.#byRun.has(entry.run)) return;
    this.#forget(entry);
    this.follow({ ...entry, id: entry.run }, { attempt: 0, seq: 0 });
  }

  #takeEvents(entry: Entry, events: readonly RunEvent[]): void {
    this.#set(
      entry,
      events.reduce((draft, event) => keepStopped(draft, reduce(draft, event)), entry.draft),
    );
  }

  #end(entry: Entry, message: Message): void {
    replaceMessage(message);
    this.#leave(entry);
    setTimeout(() => this.#drop(entry)); // The cache tells its readers a moment later: without its draft the answer would be empty for a frame.
    const running = [...this.#byRun.values()].some((other) => other.conversation === message.conversation);
    updateConversation(message.conversation, (item) => ({ ...item, running }));
    void queryClient.invalidateQueries({ queryKey: keys.usage });
  }

  #forget(entry: Entry): void {
    this.#leave(entry);
    this.#drop(entry);
  }

  #leave(entry: Entry): void {
    this.#byRun.delete(entry.run);
    this.#stream?.unwatch(entry.run);
  }

  #drop(entry: Entry): void {
    if (this.#byMessage.get(entry.message) !== entry) return;
    this.#byMessage.delete(entry.message);
    this.#notify(entry.message);
  }

  #set(entry: Entry, draft: Draft): void {
    entry.draft = draft;
    this.#notify(entry.message);
  }

  #notify(message: string): void {
    for (const listener of this.#listeners.get(message) ?? []) listener();
  }
}

function withState(draft: Draft, { state, place, notice }: Extract<Frame, { frame: "state" }>): Draft {
  return { ...draft, state, place, notice: notice ?? draft.notice };
}

/** What arrives after the person pressed stop is not shown: the text stays as they saw it until the stored message comes. */
function keepStopped(before: Draft, after: Draft): Draft {
  if (before.state !== "cancelled") return after;
  return { ...after, parts: before.parts, state: "cancelled" };
}

export const liveRuns = new LiveRuns();
