import { expect, test } from "vitest";
import { namedBlock, parseNamedBlock } from "./named-block.ts";

test.each([
  { name: "notes.md", language: "md", text: "# Title\n\n```py\nprint(1)\n```\n" },
  { name: "Pasted text 1", language: "text", text: "" },
  { name: "长文.txt", language: "text", text: "一\r\n二\n`````\n" },
  { name: "main.c++", language: "c++", text: "int main() {}" },
])("$name comes out as it went in", (named) => {
  expect(parseNamedBlock(namedBlock(named))).toEqual(named);
});

test("a quotation mark in a name does not end it", () => {
  expect(parseNamedBlock(namedBlock({ name: 'the "new"\nplan', language: "text", text: "x" }))?.name).toBe("the 'new''plan");
});

test.each(["Hello", "```py\nprint(1)\n```", '```text name="a"\nno end'])("%j is an ordinary text", (text) => {
  expect(parseNamedBlock(text)).toBeNull();
});
