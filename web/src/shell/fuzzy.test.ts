import { expect, test } from "vitest";
import { match } from "./fuzzy.ts";

const best = (query: string, texts: string[]) =>
  texts
    .flatMap((text) => match(query, text) ?? [])
    .map((found) => found.score)
    .map((score, _, all) => all.filter((other) => other > score).length);

test("the start of the text is better than that of a word, that better than the middle, that better than scattered letters", () => {
  const texts = ["mail", "e-mail", "email", "mai l"];
  expect(best("mail", texts)).toEqual([0, 1, 2, 3]);
});

test.each([
  [
    "new conv",
    "New conversation",
    [
      [0, 3],
      [4, 8],
    ],
  ],
  ["查找", "二分查找 notes", [[2, 4]]],
  [
    "查找 no",
    "二分查找 notes",
    [
      [2, 4],
      [5, 7],
    ],
  ],
  [
    "gpt5",
    "GPT-5 mini",
    [
      [0, 3],
      [4, 5],
    ],
  ],
] as const)("%j finds %j", (query, text, marks) => {
  expect(match(query, text)?.marks).toEqual(marks);
});

test.each([
  ["xyz", "New conversation"],
  ["new dog", "New conversation"],
  ["nto", "new conversation of two"],
])("%j does not find %j", (query, text) => {
  expect(match(query, text)).toBeNull();
});

test("an empty query finds everything", () => {
  expect(match("  ", "anything")?.marks).toEqual([]);
});
