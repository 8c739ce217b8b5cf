import { expect, test, vi } from "vitest";
import type { RunEvent } from "../api/events.ts";
import { keys, type Pages, queryClient } from "../api/queries.ts";
import type { Message } from "../api/types.ts";
import { LiveRuns } from "./live.ts";

const RUN = { id: "r1", message: "a1", conversation: "c1" };
const delta = (seq: number, text: string): RunEvent => ({ type: "text_delta", text, seq, attempt: 1 });
const textOf = (runs: LiveRuns) =>
  runs
    .draftOf("a1")
    ?.parts.map((part) => (part.type === "text" ? part.text : ""))
    .join("");

function message(status: Message["status"]): Message {
  const rest = { parent: null, provider: null, model: null, run: null, usage: null, error: null, created: "", finished: null };
  return { ...rest, id: "a1", conversation: "c1", role: "assistant", status, parts: [{ type: "text", text: "whole" }], siblings: ["a1"] };
}

test("events of a followed run reach the view of its message, others none", () => {
  const runs = new LiveRuns();
  const seen = vi.fn();
  runs.subscribe("a1", seen);
  runs.take({ frame: "event", run: "r1", events: [delta(1, "too early")] });
  expect(seen).not.toHaveBeenCalled();
  runs.follow(RUN, { attempt: 1, seq: 0 });
  runs.take({ frame: "event", run: "r1", events: [delta(1, "Hel"), delta(2, "lo")] });
  expect(textOf(runs)).toBe("Hello");
  expect(seen).toHaveBeenCalledTimes(2);
});

test("a connection that comes later is told of the runs that are followed already, and how far", () => {
  const watch = vi.fn();
  const runs = new LiveRuns();
  runs.follow(RUN, { attempt: 1, seq: 4 });
  runs.attach({ watch, unwatch: vi.fn() });
  expect(watch.mock.calls).toEqual([["r1", { attempt: 1, seq: 4 }]]);
});

test("after stop the text stands still, whatever still arrives", () => {
  const runs = new LiveRuns();
  runs.follow(RUN, { attempt: 1, seq: 0 });
  runs.take({ frame: "event", run: "r1", events: [delta(1, "shown")] });
  runs.freeze("a1");
  runs.take({ frame: "event", run: "r1", events: [delta(2, " late")] });
  runs.take({ frame: "reset", run: "r1", attempt: 2, seq: 2, parts: [{ type: "text", text: "shown late" }] });
  runs.take({ frame: "state", run: "r1", state: "running", place: null });
  expect(textOf(runs)).toBe("shown");
  expect(runs.draftOf("a1")?.state).toBe("cancelled");
});

test("an answer that could not be stopped is read again, and goes on", () => {
  const watch = vi.fn();
  const runs = new LiveRuns();
  runs.attach({ watch, unwatch: vi.fn() });
  runs.follow(RUN, { attempt: 1, seq: 0 });
  runs.take({ frame: "event", run: "r1", events: [delta(1, "shown")] });
  runs.freeze("a1");
  runs.thaw("a1");
  expect(watch).toHaveBeenLastCalledWith("r1", { attempt: 0, seq: 0 });
  runs.take({ frame: "event", run: "r1", events: [delta(1, "shown"), delta(2, " and more")] });
  expect(textOf(runs)).toBe("shown and more");
});

test("the end puts the stored message in its place and drops the draft, once the readers of the cache have heard of it", async () => {
  queryClient.setQueryData<Pages<Message>>(keys.messages("c1"), {
    pages: [{ items: [message("streaming")], next: null }],
    pageParams: [null],
  });
  const runs = new LiveRuns();
  runs.follow(RUN, { attempt: 1, seq: 0 });
  runs.take({ frame: "end", run: "r1", message: message("done") });
  expect(runs.draftOf("a1")).not.toBeNull();
  await vi.waitFor(() => expect(runs.draftOf("a1")).toBeNull());
  expect(queryClient.getQueryData<Pages<Message>>(keys.messages("c1"))?.pages[0]?.items[0]?.status).toBe("done");
});
