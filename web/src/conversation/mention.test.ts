import { expect, test } from "vitest";
import { mentionAt } from "./mention.ts";

const at = (text: string) => mentionAt(text, text.length);

test.each([
  ["@", 0, ""],
  ["@gpt", 0, "gpt"],
  ["ask @cla", 4, "cla"],
  ["a line\n@", 7, ""],
  ["(@o", 1, "o"],
  ["请问@千", 2, "千"],
  ["你好，＠", 3, ""],
])("%j calls a model", (text, start, query) => {
  expect(at(text)).toEqual({ start, query });
});

test.each([
  "ada@example.org",
  "ada@",
  "a.b+c@x",
  "user_1@host",
  "@@",
  "@one two",
  "`@dec",
  "```py\n@property",
  "~~~\n@x",
  "git@github.com:x",
])("%j does not", (text) => {
  expect(at(text)).toBeNull();
});

test("what stands behind the caret is no part of it, and code that is closed is over", () => {
  expect(mentionAt("@gpt and more", 3)).toEqual({ start: 0, query: "gp" });
  expect(at("```\ncode\n```\n@x")).toEqual({ start: 13, query: "x" });
  expect(at("`code` @x")).toEqual({ start: 7, query: "x" });
});
