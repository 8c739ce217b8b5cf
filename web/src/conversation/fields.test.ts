import { expect, test } from "vitest";
import { readFields, summaryOf } from "./fields.ts";

test("an object becomes names and values, and what is no complete object does not", () => {
  expect(readFields('{"to":"a@b.c","count":2,"deep":{"x":1}}')).toEqual([
    ["to", "a@b.c"],
    ["count", "2"],
    ["deep", '{"x":1}'],
  ]);
  expect(readFields("")).toEqual([]);
  for (const text of ['{"to":"a', "[1]", "12", "null"]) expect(readFields(text)).toBeNull();
});

test("a summary is one line of bounded length", () => {
  expect(summaryOf('{"a":"one\\ntwo","b":3}')).toBe("one two, 3");
  expect(summaryOf(`{"a":"${"x".repeat(200)}"}`, 20)).toHaveLength(20);
  expect(summaryOf('{"a":')).toBe("");
});
