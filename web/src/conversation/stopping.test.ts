import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Message } from "../api/types.ts";
import { liveRuns } from "./live.ts";
import { stop, stopIfWanted, useStopping } from "./stopping.ts";

const answer = (id: string, run: string | null): Message => ({
  id,
  conversation: "c1",
  role: "assistant",
  status: "streaming",
  parent: null,
  parts: [],
  siblings: [id],
  provider: null,
  model: null,
  run: run === null ? null : { id: run, state: "running" },
  usage: null,
  error: null,
  created: "",
  finished: null,
});
const follow = (id: string, run: string) => liveRuns.follow({ id: run, message: id, conversation: "c1" }, { attempt: 1, seq: 0 });
const asked: string[] = [];
let status = 200;

beforeEach(() => {
  status = 200;
  asked.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(new URL(request.url).pathname);
    return new Response(JSON.stringify(status === 200 ? { id: "r1" } : { code: "internal_error" }), {
      status,
      headers: { "content-type": "application/json" },
    });
  });
});
afterEach(() => {
  liveRuns.clear();
  vi.unstubAllGlobals();
});

test("answers are stopping once all of them are stopped, until the server says how they stand", async () => {
  follow("a1", "r1");
  follow("a2", "r2");
  const { result } = renderHook(() => useStopping([answer("a1", "r1"), answer("a2", "r2")]));
  await act(() => stop(answer("a1", "r1")));
  expect(result.current).toBe(false);
  await act(() => stop(answer("a2", "r2")));
  expect(result.current).toBe(true);
  expect(asked).toEqual(["/api/runs/r1/cancel", "/api/runs/r2/cancel"]);
});

test("where nothing is answered nothing is stopping", () => {
  expect(renderHook(() => useStopping([])).result.current).toBe(false);
});

test("an answer that the server refuses to stop goes on", async () => {
  follow("a1", "r1");
  status = 500;
  await expect(stop(answer("a1", "r1"))).rejects.toMatchObject({ status: 500 });
  expect(liveRuns.draftOf("a1")?.state).not.toBe("cancelled");
});

test("an answer that was stopped before the server had named it is stopped then, once", async () => {
  await stop(answer("pending:m1", null));
  expect(asked).toEqual([]);
  follow("a1", "r1");
  stopIfWanted("pending:m1", answer("a1", "r1"));
  expect(liveRuns.draftOf("a1")?.state).toBe("cancelled");
  stopIfWanted("pending:m1", answer("a1", "r1"));
  await vi.waitFor(() => expect(asked).toEqual(["/api/runs/r1/cancel"]));
});
