import { expect, test } from "vitest";
import type { Message } from "../api/types.ts";
import { localAnswer, localQuestion } from "./local.ts";
import { turnsOf } from "./turns.ts";
import { unseenAfter } from "./unseen.ts";

const MODEL = { provider: "demo", model: "demo" };
const question = (id: string, parent: string | null = null) => localQuestion({ id, conversation: "c", parent, parts: [] });
const answer = (id: string, parent: string, status: Message["status"] = "done"): Message => ({
  ...localAnswer("c", parent, MODEL),
  id,
  status,
});

test("a turn keeps its key when its question comes with the page above", () => {
  const below = [answer("a1", "q1"), question("q2", "a1"), answer("a2", "q2")];
  const keys = turnsOf(below).map((turn) => turn.key);
  expect(keys).toEqual(["q1", "q2"]);
  expect(turnsOf([question("q1"), ...below]).map((turn) => turn.key)).toEqual(keys);
});

test("new is what came below the last message that was seen", () => {
  const before = [question("q1"), answer("a1", "q1")];
  const after = [...before, question("q2", "a1"), answer("a2", "q2", "streaming")];
  expect(unseenAfter(before, before.at(-1))).toEqual({ messages: 0, grew: false });
  expect(unseenAfter(after, before.at(-1))).toEqual({ messages: 2, grew: false });
  expect(unseenAfter(after, after.at(-1))).toEqual({ messages: 0, grew: true });
});
