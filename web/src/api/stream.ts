import { type ApiError, asApiError, readProblem } from "./errors.ts";
import { type Cursor, type Frame, formatCursor, parseCursor } from "./events.ts";
import { openStream } from "./http.ts";
import { SseParser, type SseRecord } from "./sse.ts";

/** `restarting` is lost as well, but the server said that it would come back. */
export type Connection = "connecting" | "open" | "lost" | "restarting" | "stopped";

export type StreamListener = {
  frame(frame: Frame): void;
  connection(state: Connection): void;
  /** The server refused the stream for good (signed out, or a watched run is not visible any more). */
  refused(error: ApiError): void;
};

type Open = (query: string, signal: AbortSignal) => Promise<Response>;

const WATCHDOG_MS = 25_000;
const REOPEN_MS = 30;
const BACKOFF_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];

/**
 * The page's one long-lived connection: it follows any number of runs from a cursor each, and carries the hints of the state sync.
 * A changed watch set re-opens it with the cursors reached so far; silence of 25 s counts as loss (the server pings every 10 s).
 */
export class EventStream {
  readonly #cursors = new Map<string, Cursor>();
  #since: number | null = null;
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #running = false;
  #leaving = false;

  constructor(
    private readonly listener: StreamListener,
    private readonly open: Open = openStream,
  ) {}

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#schedule(0);
  }

  stop(): void {
    this.#running = false;
    this.#drop();
    this.listener.connection("stopped");
  }

  /**
   * Connects now instead of waiting for the back-off: the person looks at the page again, or asks for it. With `anew` also where a
   * connection seems to be open: after a change of networks it may be dead without knowing.
   */
  wake(anew = false): void {
    if (this.#running && (anew || !this.#abort)) this.#schedule(0);
  }

  /** Follows a run from `cursor`. One that is followed already goes on where it is, unless somebody needs it from further back. */
  watch(run: string, cursor: Cursor): void {
    const known = this.#cursors.get(run);
    if (known && !isBefore(cursor, known)) return;
    this.#cursors.set(run, cursor);
    if (this.#running) this.#schedule(REOPEN_MS);
  }

  /** Stops following a run. The open connection stays: what it still sends about the run is ignored by the reader. */
  unwatch(run: string): void {
    this.#cursors.delete(run);
  }

  get watched(): string[] {
    return [...this.#cursors.keys()];
  }

  set since(rev: number) {
    this.#since = rev;
  }

  #schedule(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#connect(), delayMs);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    this.#abort?.abort();
    this.#abort = null;
  }

  async #connect(): Promise<void> {
    this.#drop();
    const abort = new AbortController();
    this.#abort = abort;
    this.#feedWatchdog(abort);
    try {
      const response = await this.open(this.#query(), abort.signal);
      if (!response.ok) throw await readProblem(response);
      await this.#read(response, abort);
      this.#lost(abort, null);
    } catch (error) {
      this.#lost(abort, asApiError(error));
    }
  }

  #query(): string {
    const query = new URLSearchParams();
    const runs = [...this.#cursors].map(([run, cursor]) => `${run}:${formatCursor(cursor)}`);
    if (runs.length) query.set("runs", runs.join(","));
    if (this.#since !== null) query.set("since", String(this.#since));
    const text = query.toString();
    return text ? `?${text}` : "";
  }

  async #read(response: Response, abort: AbortController): Promise<void> {
    const reader = response.body?.getReader();
    if (!reader) return;
    this.#failures = 0;
    this.#leaving = false;
    this.listener.connection("open");
    const parser = new SseParser();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || abort.signal.aborted) return;
      this.#feedWatchdog(abort);
      for (const record of parser.push(decoder.decode(value, { stream: true }))) {
        if (this.#take(record, abort)) return;
      }
    }
  }

  /** Hands one frame on; true when the server said goodbye. */
  #take(record: SseRecord, abort: AbortController): boolean {
    const frame = decodeFrame(record);
    if (!frame) return false;
    this.#advance(frame, record.id);
    this.listener.frame(frame);
    if (frame.frame !== "bye") return false;
    this.#leaving = true;
    abort.abort();
    this.#abort = null;
    clearTimeout(this.#watchdog);
    this.#schedule(frame.retry_ms);
    return true;
  }

  #advance(frame: Frame, id: string | null): void {
    if (frame.frame === "event" && id && this.#cursors.has(frame.run)) this.#cursors.set(frame.run, parseCursor(id));
    if (frame.frame === "reset" && this.#cursors.has(frame.run)) this.#cursors.set(frame.run, { attempt: frame.attempt, seq: frame.seq });
    if (frame.frame === "end") this.#cursors.delete(frame.run);
    if (frame.frame === "sync") this.#since = frame.rev;
  }

  #feedWatchdog(abort: AbortController): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => {
      abort.abort();
      this.#lost(abort, null);
    }, WATCHDOG_MS);
  }

  /** The connection of `abort` ended; nothing happens when a newer one has taken its place. */
  #lost(abort: AbortController, error: ApiError | null): void {
    if (!this.#running || this.#abort !== abort) return;
    this.#abort = null;
    clearTimeout(this.#watchdog);
    if (error && [401, 403, 404, 410, 422].includes(error.status)) {
      this.listener.refused(error);
      if (error.status === 401) return;
    }
    this.listener.connection(this.#leaving || error?.status === 503 ? "restarting" : "lost");
    const base = BACKOFF_MS[Math.min(this.#failures, BACKOFF_MS.length - 1)] ?? 8_000;
    this.#failures += 1;
    this.#schedule(error?.retryAfterMs ?? base * (0.75 + Math.random() / 2));
  }
}

function isBefore(one: Cursor, other: Cursor): boolean {
  return one.attempt < other.attempt || (one.attempt === other.attempt && one.seq < other.seq);
}

const FRAMES = new Set(["event", "reset", "state", "end", "bye", "sync"]);

/** A frame that this version of the page does not know, or cannot read, is left out. */
function decodeFrame(record: SseRecord): Frame | null {
  if (!FRAMES.has(record.event)) return null;
  return { frame: record.event, ...(JSON.parse(record.data) as object) } as Frame;
}
