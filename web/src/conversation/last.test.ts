import { expect, test } from "vitest";
import { keys, queryClient } from "../api/queries.ts";
import type { Message } from "../api/types.ts";
import { lastAnswerOf, lastBlockIn, lastCodeOf } from "./last.ts";
import { localAnswer, localQuestion } from "./local.ts";

const MODEL = { provider: "demo", model: "demo" };
const answer = (id: string, text: string): Message => ({
  ...localAnswer("c1", id, MODEL),
  id,
  parts: text ? [{ type: "text", text }] : [],
});

test("the newest answer with words is the one to copy, not one that has just begun", () => {
  const question = localQuestion({ id: "q", conversation: "c1", parent: null, parts: [{ type: "text", text: "```\nmine\n```" }] });
  const items = [
    question,
    answer("a1", "See:\n```py\nprint(1)\n```\nand\n\n```js\nlet a;\n\nlet b;\n```\nDone."),
    question,
    answer("a2", ""),
  ];
  queryClient.setQueryData(keys.messages("c1"), { pages: [{ items, next: null }], pageParams: [null] });
  expect(lastAnswerOf("c1")?.endsWith("Done.")).toBe(true);
  expect(lastCodeOf("c1")).toBe("let a;\n\nlet b;");
  expect(lastAnswerOf("c2")).toBeNull();
});

test.each([
  ["no code", null],
  ["````md\n```\ninside\n```\n````", "```\ninside\n```"],
  ["- item\n  ~~~\n  code\n  ~~~", "  code"],
  ["```py\nnot closed", null],
])("the last block of %j is %j", (text, block) => {
  expect(lastBlockIn(text)).toBe(block);
});
