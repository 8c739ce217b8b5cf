import { ApiError } from "./errors.ts";
import type { Cursor, Frame } from "./events.ts";
import { type Connection, EventStream, type StreamListener } from "./stream.ts";

type Note =
  | { type: "hello" }
  | { type: "leader" }
  | { type: "watch"; run: string; cursor: Cursor }
  | { type: "wake"; anew: boolean }
  | { type: "frame"; frame: Frame }
  | { type: "connection"; state: Connection }
  | { type: "refused"; status: number; code: string };

type Tools = { locks: Pick<LockManager, "request"> | undefined; makeStream: (listener: StreamListener) => EventStream };

const TOOLS: Tools = { locks: globalThis.navigator?.locks, makeStream: (listener) => new EventStream(listener) };

/**
 * One connection for all tabs of a person: browsers allow six to a server over HTTP/1.1, and every tab wants to hear.
 * The tab that holds the lock connects and hands every frame on; when it closes, the next one takes its place and goes on
 * from the positions that it has seen. Where there are no locks (plain http) each tab connects for itself.
 */
export class SharedStream {
  readonly #cursors = new Map<string, Cursor>();
  readonly #channel: BroadcastChannel | null;
  #stream: EventStream | null = null;
  #state: Connection = "connecting";
  #since: number | null = null;
  #sync: Frame | null = null;
  #accompanied = false;
  #stopped = new AbortController();

  constructor(
    name: string,
    private readonly listener: StreamListener,
    private readonly tools: Tools = TOOLS,
  ) {
    this.#channel = tools.locks && typeof BroadcastChannel === "function" ? new BroadcastChannel(name) : null;
    if (this.#channel) this.#channel.onmessage = (event: MessageEvent<Note>) => this.#hear(event.data);
  }

  start(): void {
    const { locks } = this.tools;
    if (!this.#channel || !locks) {
      this.#lead();
      return;
    }
    this.#say({ type: "hello" });
    const { signal } = this.#stopped;
    const held = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    locks
      .request(this.#channel.name, { signal }, () => {
        this.#lead();
        return held;
      })
      .catch(() => undefined); // Stopped while it waited for its turn.
  }

  stop(): void {
    this.#stopped.abort();
    this.#stream?.stop();
    this.#channel?.close();
  }

  wake(anew = false): void {
    if (this.#stream) this.#stream.wake(anew);
    else this.#say({ type: "wake", anew });
  }

  watch(run: string, cursor: Cursor): void {
    this.#cursors.set(run, cursor);
    if (this.#stream) this.#stream.watch(run, cursor);
    else this.#say({ type: "watch", run, cursor });
  }

  /** This tab is done with a run. Another one may not be, so the connection follows it to its end. */
  unwatch(run: string): void {
    this.#cursors.delete(run);
  }

  set since(rev: number) {
    this.#since = rev;
    if (this.#stream) this.#stream.since = rev;
  }

  #lead(): void {
    if (this.#stopped.signal.aborted) return;
    const stream = this.tools.makeStream({
      frame: (frame) => this.#share({ type: "frame", frame }, this.#accompanied),
      connection: (state) => this.#share({ type: "connection", state }),
      refused: (error) => this.#share({ type: "refused", status: error.status, code: error.code }),
    });
    this.#stream = stream;
    if (this.#since !== null) stream.since = this.#since;
    for (const [run, cursor] of this.#cursors) stream.watch(run, cursor);
    this.#say({ type: "leader" });
    stream.start();
  }

  /** Something that the connection brought: for this tab and, unless none is known, for the others. To hand a frame on costs as much as to show it. */
  #share(note: Note, withOthers = true): void {
    if (withOthers) this.#say(note);
    this.#take(note);
  }

  #say(note: Note): void {
    if (!this.#stopped.signal.aborted) this.#channel?.postMessage(note);
  }

  #hear(note: Note): void {
    this.#accompanied = true;
    if (note.type === "watch") this.#stream?.watch(note.run, note.cursor);
    else if (note.type === "wake") this.#stream?.wake(note.anew);
    else if (note.type === "hello") this.#welcome();
    else if (note.type === "leader") this.#answer();
    else this.#take(note);
  }

  /** Tells a tab that has just come what it did not hear. What it missed of a run it asks for itself, by its cursor. */
  #welcome(): void {
    if (!this.#stream) return;
    this.#say({ type: "connection", state: this.#state });
    if (this.#sync) this.#say({ type: "frame", frame: this.#sync });
  }

  /** Lets a new leader know that this tab is there, and what it follows. */
  #answer(): void {
    this.#say({ type: "hello" });
    for (const [run, cursor] of this.#cursors) this.#say({ type: "watch", run, cursor });
  }

  #take(note: Note): void {
    if (note.type === "frame") {
      this.#advance(note.frame);
      this.listener.frame(note.frame);
    } else if (note.type === "connection") {
      this.#state = note.state;
      this.listener.connection(note.state);
    } else if (note.type === "refused") {
      this.listener.refused(new ApiError(note.status, note.code, "", null));
    }
  }

  /** Remembers how far this tab has seen each run and the server's changes, for the day that it leads. */
  #advance(frame: Frame): void {
    if (frame.frame === "sync") this.#sync = frame;
    if (frame.frame === "end") this.#cursors.delete(frame.run);
    if (frame.frame !== "event" && frame.frame !== "reset") return;
    if (!this.#cursors.has(frame.run)) return;
    const last = frame.frame === "reset" ? frame : frame.events.at(-1);
    if (last) this.#cursors.set(frame.run, { attempt: last.attempt, seq: last.seq });
  }
}
