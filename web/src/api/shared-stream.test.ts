import { afterEach, expect, test, vi } from "vitest";
import type { Cursor, Frame } from "./events.ts";
import { SharedStream } from "./shared-stream.ts";
import type { Connection, EventStream, StreamListener } from "./stream.ts";

/** The browser's lock manager, as far as it is used here: one holder, the others wait in line. */
class Locks {
  #line: Promise<unknown> = Promise.resolve();

  request = ((_name: string, options: { signal?: AbortSignal }, work: () => Promise<unknown>) => {
    const turn = this.#line.then(() => (options.signal?.aborted ? undefined : work()));
    this.#line = turn;
    return turn;
  }) as unknown as LockManager["request"];
}

/** What stands for the one connection: it notes what is watched and lets the test speak for the server. */
class Wire {
  readonly watched: string[] = [];
  since = -1;
  constructor(readonly listener: StreamListener) {}
  start = () => this.listener.connection("open");
  stop = () => undefined;
  wake = () => undefined;
  watch = (run: string, cursor: Cursor) => void this.watched.push(`${run}:${cursor.attempt}.${cursor.seq}`);
}

const tabs: SharedStream[] = [];
let name = 0;
afterEach(() => {
  for (const tab of tabs.splice(0)) tab.stop();
});

function browser() {
  name += 1;
  const channel = `test:${name}`;
  const tools = { locks: new Locks(), wires: [] as Wire[] };
  const open = () => {
    const frames: Frame[] = [];
    const states: Connection[] = [];
    const listener: StreamListener = {
      frame: (frame) => void frames.push(frame),
      connection: (state) => void states.push(state),
      refused: () => undefined,
    };
    const makeStream = (own: StreamListener) => {
      const wire = new Wire(own);
      tools.wires.push(wire);
      return wire as unknown as EventStream;
    };
    const tab = new SharedStream(channel, listener, { locks: tools.locks, makeStream });
    tabs.push(tab);
    tab.start();
    return { tab, frames, states };
  };
  return { open, wires: tools.wires, channel };
}

const event = (seq: number): Frame => ({ frame: "event", run: "r1", events: [{ type: "text_delta", text: "x", seq, attempt: 1 }] });

test("two tabs share one connection: both hear every frame, and the leader watches for both", async () => {
  const { open, wires } = browser();
  const first = open();
  await vi.waitFor(() => expect(wires.length).toBe(1));
  const second = open();
  await vi.waitFor(() => expect(second.states).toContain("open"));
  second.tab.watch("r1", { attempt: 1, seq: 0 });
  await vi.waitFor(() => expect(wires[0]?.watched).toEqual(["r1:1.0"]));
  wires[0]?.listener.frame(event(1));
  await vi.waitFor(() => expect(second.frames).toEqual([event(1)]));
  expect(first.frames).toEqual([event(1)]);
  expect(wires.length).toBe(1);
});

test("when the leading tab closes, the next one connects and goes on from what it has seen", async () => {
  const { open, wires } = browser();
  const first = open();
  await vi.waitFor(() => expect(wires.length).toBe(1));
  const second = open();
  second.tab.watch("r1", { attempt: 1, seq: 0 });
  second.tab.since = 7;
  await vi.waitFor(() => expect(wires[0]?.watched.length).toBe(1));
  wires[0]?.listener.frame(event(4));
  await vi.waitFor(() => expect(second.frames.length).toBe(1));
  first.tab.stop();
  await vi.waitFor(() => expect(wires.length).toBe(2));
  expect(wires[1]?.watched).toEqual(["r1:1.4"]);
  expect(wires[1]?.since).toBe(7);
});

test("a new leader hears from the others what they watch", async () => {
  const { open, wires } = browser();
  const first = open();
  await vi.waitFor(() => expect(wires.length).toBe(1));
  open();
  const third = open();
  third.tab.watch("r3", { attempt: 2, seq: 5 });
  first.tab.stop();
  await vi.waitFor(() => expect(wires[1]?.watched).toContain("r3:2.5"));
});

test("a tab that is alone hands nothing on; one that comes later hears all from then on, and where the server's changes are", async () => {
  const { open, wires, channel } = browser();
  const overheard: string[] = [];
  const listener = new BroadcastChannel(channel);
  listener.onmessage = ({ data }) => overheard.push(data.type);
  open();
  await vi.waitFor(() => expect(wires.length).toBe(1));
  const sync: Frame = { frame: "sync", rev: 8 };
  for (const frame of [sync, event(1)]) wires[0]?.listener.frame(frame);
  const second = open();
  await vi.waitFor(() => expect(second.frames).toEqual([sync]));
  expect(overheard.filter((type) => type === "frame").length).toBe(1);
  wires[0]?.listener.frame(event(2));
  await vi.waitFor(() => expect(second.frames).toEqual([sync, event(2)]));
  listener.close();
});

test("a tab makes itself known to a new leader, which may not have heard its greeting", async () => {
  const { open, wires, channel } = browser();
  open();
  await vi.waitFor(() => expect(wires.length).toBe(1));
  const overheard: string[] = [];
  const leader = new BroadcastChannel(channel);
  leader.onmessage = ({ data }) => overheard.push(data.type);
  leader.postMessage({ type: "leader" });
  await vi.waitFor(() => expect(overheard).toEqual(["hello"]));
  leader.close();
});

test("without locks a tab connects for itself", () => {
  const states: Connection[] = [];
  const listener: StreamListener = { frame: () => undefined, connection: (state) => void states.push(state), refused: () => undefined };
  const tab = new SharedStream("alone", listener, { locks: undefined, makeStream: (own) => new Wire(own) as unknown as EventStream });
  tab.start();
  expect(states).toEqual(["open"]);
});
