import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Frame } from "./events.ts";
import { type Connection, EventStream } from "./stream.ts";

/** A server's side of the line: every opened stream with its query, and a way to write to it. */
class Line {
  readonly queries: string[] = [];
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  status = 200;

  open = async (query: string, signal: AbortSignal): Promise<Response> => {
    this.queries.push(decodeURIComponent(query));
    if (this.status !== 200) return new Response(JSON.stringify({ code: "refused" }), { status: this.status });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        signal.addEventListener("abort", () => controller.error(new DOMException("aborted", "AbortError")));
      },
    });
    return new Response(body, { status: 200 });
  };

  async write(text: string): Promise<void> {
    this.#controller?.enqueue(new TextEncoder().encode(text));
    await vi.advanceTimersByTimeAsync(0);
  }

  async cut(): Promise<void> {
    this.#controller?.close();
    await vi.advanceTimersByTimeAsync(0);
  }
}

const RUN = "018f0000-0000-7000-8000-000000000001";

function make(): { line: Line; stream: EventStream; frames: Frame[]; states: Connection[]; refusals: number[] } {
  const line = new Line();
  const frames: Frame[] = [];
  const states: Connection[] = [];
  const refusals: number[] = [];
  const listener = {
    frame: (frame: Frame) => void frames.push(frame),
    connection: (state: Connection) => void states.push(state),
    refused: (error: { status: number }) => void refusals.push(error.status),
  };
  return { line, stream: new EventStream(listener, line.open), frames, states, refusals };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a lost connection is opened again from the last event that was read", async () => {
  const { line, stream, frames, states } = make();
  stream.watch(RUN, { attempt: 1, seq: 0 });
  stream.start();
  await vi.advanceTimersByTimeAsync(50);
  await line.write(`event: event\nid: 1.4\ndata: {"run":"${RUN}","events":[]}\n\n`);
  await line.cut();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(line.queries).toEqual([`?runs=${RUN}:1.0`, `?runs=${RUN}:1.4`]);
  expect(frames).toEqual([{ frame: "event", run: RUN, events: [] }]);
  expect(states).toEqual(["open", "lost", "open"]);
});

test("a reset moves the position, and an end takes the run out of the watch set", async () => {
  const { line, stream } = make();
  stream.watch(RUN, { attempt: 1, seq: 9 });
  stream.start();
  await vi.advanceTimersByTimeAsync(50);
  await line.write(`event: reset\ndata: {"run":"${RUN}","attempt":2,"seq":3,"parts":[]}\n\n`);
  await line.cut();
  await vi.advanceTimersByTimeAsync(1_000);
  await line.write(`event: end\ndata: {"run":"${RUN}","message":{}}\n\n`);
  await line.cut();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(line.queries).toEqual([`?runs=${RUN}:1.9`, `?runs=${RUN}:2.3`, ""]);
});

test("a goodbye is followed by a new connection after the time that it names, and is no loss", async () => {
  const { line, stream, states } = make();
  stream.start();
  await vi.advanceTimersByTimeAsync(50);
  await line.write('event: bye\ndata: {"retry_ms":3000}\n\n');
  await vi.advanceTimersByTimeAsync(2_900);
  expect(line.queries.length).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(line.queries.length).toBe(2);
  expect(states).toEqual(["open", "open"]);
});

test("silence of 25 seconds counts as loss, a ping does not count as silence", async () => {
  const { line, stream, states } = make();
  stream.start();
  await vi.advanceTimersByTimeAsync(50);
  await vi.advanceTimersByTimeAsync(20_000);
  await line.write(": ping\n\n");
  await vi.advanceTimersByTimeAsync(20_000);
  expect(states).toEqual(["open"]);
  await vi.advanceTimersByTimeAsync(6_000);
  expect(states).toEqual(["open", "lost", "open"]);
});

test("a run that is watched later re-opens the connection with all cursors, once", async () => {
  const { line, stream } = make();
  stream.since = 7;
  stream.start();
  await vi.advanceTimersByTimeAsync(50);
  stream.watch(RUN, { attempt: 1, seq: 0 });
  stream.watch("other", { attempt: 1, seq: 2 });
  await vi.advanceTimersByTimeAsync(50);
  expect(line.queries).toEqual(["?since=7", `?runs=${RUN}:1.0,other:1.2&since=7`]);
});

test("a page that is signed out does not knock again", async () => {
  const { line, stream, refusals } = make();
  line.status = 401;
  stream.start();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(refusals).toEqual([401]);
  expect(line.queries.length).toBe(1);
});

test("a server that said goodbye and is not back yet is restarting, not lost", async () => {
  const { line, stream, states } = make();
  stream.start();
  await vi.advanceTimersByTimeAsync(50);
  await line.write('event: bye\ndata: {"retry_ms":500}\n\n');
  line.status = 503;
  await vi.advanceTimersByTimeAsync(600);
  expect(states).toEqual(["open", "restarting"]);
  line.status = 200;
  await vi.advanceTimersByTimeAsync(5_000);
  await line.cut();
  await vi.advanceTimersByTimeAsync(0);
  expect(states).toEqual(["open", "restarting", "open", "lost"]);
});

test("after a change of networks a connection that seems to be open is made anew, once", async () => {
  const { line, stream } = make();
  stream.start();
  await vi.advanceTimersByTimeAsync(50);
  stream.wake();
  await vi.advanceTimersByTimeAsync(50);
  expect(line.queries.length).toBe(1);
  stream.wake(true);
  await vi.advanceTimersByTimeAsync(50);
  expect(line.queries.length).toBe(2);
});
