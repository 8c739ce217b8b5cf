import { expect, test } from "vitest";
import { parseMarkdown } from "./document.ts";
import type { MdNode } from "./nodes.ts";
import { tableCsv, tableMarkdown } from "./table-text.ts";

function table(text: string): Extract<MdNode, { kind: "element" }> {
  const node = parseMarkdown(text)[0]?.nodes[0];
  if (typeof node !== "object" || node.kind !== "element") throw new Error("no table");
  return node;
}

test("a table is copied as Markdown with its alignment and without marks inside", () => {
  const text = "| a | **b** | c |\n| :-- | :-: | --: |\n| `x\\|y` | $z$ | [l](https://example.org) |";
  expect(tableMarkdown(table(text))).toBe("| a | b | c |\n| :--- | :---: | ---: |\n| x\\|y | $z$ | l |");
});

test("a table is saved as CSV with quotes where they are needed", () => {
  expect(tableCsv(table('| a, b | "q" |\n| --- | --- |\n| 1<br>2 | 中文 |'))).toBe('"a, b","""q"""\r\n"1\n2",中文\r\n');
});

test.each([
  ["=1+1", "'=1+1"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["+1+1", "'+1+1"],
  ["-2+3", "'-2+3"],
  ["-2.5", "-2.5"],
  ["+1,000", '"+1,000"'],
  ["-3%", "-3%"],
])("a cell %j is written %j, so that no spreadsheet calculates a model's words", (cell, field) => {
  expect(tableCsv(table(`| a |\n| --- |\n| ${cell} |`))).toBe(`a\r\n${field}\r\n`);
});
