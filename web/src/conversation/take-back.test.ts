import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { draftKey, drafts, setText } from "./drafts.ts";
import { namedBlock } from "./named-block.ts";
import { letterOf, openOutbox, post } from "./outbox.ts";
import { takeBack } from "./take-back.ts";

const NOTES = { name: "notes.md", language: "md", text: "# Notes" };
const PARTS = [
  { type: "image" as const, file: "f1", media_type: "image/png", name: "a.png" },
  { type: "text" as const, text: namedBlock(NOTES) },
  { type: "text" as const, text: "What is it?" },
];
const MODEL = { provider: "demo", model: "demo" };

beforeEach(() => {
  localStorage.clear();
  openOutbox("u1");
  vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ code: "invalid_request" }), { status: 422 }));
});
afterEach(() => vi.unstubAllGlobals());

test("a refused message goes back into the composer with all that belonged to it, before what was begun since", async () => {
  await post("c1", { id: "m1", parent: null, parts: PARTS, model: MODEL }).catch(() => undefined);
  setText(draftKey("c1"), "the next thought");
  expect(takeBack("m1")).toBe("/c/c1");
  const draft = drafts.get(draftKey("c1"));
  expect(draft.text).toBe("What is it?\n\nthe next thought");
  expect(draft.items).toMatchObject([
    { kind: "image", state: "ready", part: { file: "f1" } },
    { kind: "text", ...NOTES },
  ]);
  expect(letterOf("m1")).toBeUndefined();
});

test("one that would have begun a conversation goes to the composer of the home page", async () => {
  await post("c2", { id: "m2", parent: null, parts: PARTS.slice(2), model: MODEL, conversation: {} }).catch(() => undefined);
  expect(takeBack("m2")).toBe("/");
  expect(drafts.get(draftKey(null)).text).toBe("What is it?");
});
