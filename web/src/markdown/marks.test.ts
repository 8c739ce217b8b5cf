import { expect, test } from "vitest";
import { cutMarks } from "./marks.ts";

const [first, second] = [{ url: "https://example.org/a" }, { url: "https://example.org/b" }];

test("a number in brackets is a mark where there is such a source", () => {
  expect(cutMarks("As shown [2], not [3] or [0].", [first, second])).toEqual([
    "As shown ",
    { text: "[2]", source: second },
    ", not ",
    "[3]",
    " or ",
    "[0]",
    ".",
  ]);
});

test("a text without sources has no marks", () => {
  expect(cutMarks("As shown [1].", [])).toEqual(["As shown [1]."]);
});
