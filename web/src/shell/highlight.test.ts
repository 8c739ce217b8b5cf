import { expect, test } from "vitest";
import { marksOf } from "./highlight.ts";

const hits = (text: string, query: string) => marksOf(text, query).map(([start, end]) => text.slice(start, end));

test("words are marked without regard to case, accents and width", () => {
  expect(hits("Das Café serviert ＡＢＣ", "CAFE abc")).toEqual(["Café", "ＡＢＣ"]);
  expect(hits("今天去公园散步", "公园")).toEqual(["公园"]);
});

test("hits that overlap are one, and letters beyond the first plane are counted right", () => {
  expect(hits("banana", "ana")).toEqual(["anana"]);
  expect(hits("🍌 banana", "nana")).toEqual(["nana"]);
  expect(hits("banana", "x")).toEqual([]);
  expect(hits("banana", "  ")).toEqual([]);
});
