import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../api/errors.ts";
import { acknowledge, discard, lettersKept, openOutbox, post, useOutbox } from "./outbox.ts";

const BODY = { id: "m1", parent: null, parts: [{ type: "text" as const, text: "Hello" }], model: { provider: "demo", model: "demo" } };
const STARTED = { message: { id: "m1" }, run: { id: "r1" }, assistant: { id: "a1" }, cursor: "1.0" };

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });

/** Answers that the network gives, in order; `null` is no answer at all. */
function network(...answers: (Response | null)[]): string[] {
  const sent: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(await request.text());
    const answer = answers.shift();
    if (!answer) throw new TypeError("nobody answers");
    return answer;
  });
  return sent;
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  openOutbox("u1");
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a message is posted again under the same id until the server takes it", async () => {
  const sent = network(null, json(503, { code: "database_unavailable" }), json(202, STARTED));
  const posted = post("c1", BODY);
  expect(openLetters()).toEqual(["m1"]);
  await vi.advanceTimersByTimeAsync(5_000);
  expect((await posted).run.id).toBe("r1");
  expect(openLetters()).toEqual(["m1"]);
  acknowledge("m1");
  await vi.advanceTimersByTimeAsync(0);
  expect(new Set(sent).size).toBe(1);
  expect(sent.length).toBe(3);
  expect(openLetters()).toEqual([]);
  expect(lettersKept().length).toBe(1);
});

test("a refused message keeps its reason until it is sent again or taken back", async () => {
  network(json(422, { code: "invalid_request", detail: "Too long." }));
  await expect(post("c1", BODY)).rejects.toBeInstanceOf(ApiError);
  expect(useOutbox.getState().refused.m1?.detail).toBe("Too long.");
  discard("m1");
  expect(useOutbox.getState()).toMatchObject({ letters: [], refused: {} });
});

test("what was not acknowledged is there again after the page was closed, for this person only", async () => {
  network();
  void post("c1", BODY);
  await vi.advanceTimersByTimeAsync(0);
  expect(openOutbox("u2")).toEqual([]);
  expect(openOutbox("u1").map((letter) => letter.body.id)).toEqual(["m1"]);
});

function openLetters(): string[] {
  return useOutbox
    .getState()
    .letters.filter((letter) => letter.acknowledged === null)
    .map((letter) => letter.body.id);
}

test("a tab that writes a message leaves those of other tabs where they are", async () => {
  network();
  void post("c1", BODY);
  await vi.advanceTimersByTimeAsync(0);
  vi.resetModules();
  const otherTab = await import("./outbox.ts");
  otherTab.openOutbox("u1");
  void post("c1", { ...BODY, id: "m2" });
  void otherTab.post("c2", { ...BODY, id: "m3" });
  await vi.advanceTimersByTimeAsync(0);
  otherTab.discard("m1");
  expect(openOutbox("u1").map((letter) => letter.body.id)).toEqual(["m2", "m3"]);
});

test("what the server took longer ago than ten minutes is gone from the device", async () => {
  network(json(202, STARTED));
  await post("c1", BODY);
  acknowledge("m1");
  await vi.advanceTimersByTimeAsync(10 * 60_000 + 1);
  openOutbox("u1");
  expect(Object.keys(localStorage)).toEqual([]);
});

test("a full device keeps no message from being sent", async () => {
  const sent = network(json(202, STARTED));
  const setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  vi.stubGlobal("localStorage", { removeItem: () => undefined, setItem });
  expect((await post("c1", BODY)).run.id).toBe("r1");
  expect(sent).toHaveLength(1);
  expect(openLetters()).toEqual(["m1"]);
});
