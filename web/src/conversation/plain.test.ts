import { expect, test } from "vitest";
import { plainText } from "./plain.ts";

test.each([
  ["**Bold** and *soft* with `code`", "Bold and soft with code"],
  ["# Title\n\nOne\nline [link](https://example.org).", "Title\n\nOne\nline link."],
  ["```py\nprint('*')\n```", "print('*')"],
  ["3. three\n4. four", "3. three\n4. four"],
  ["- a\n- b", "- a\n- b"],
  ["| a | b |\n| - | - |\n| 1 | 2 |", "a\tb\n1\t2"],
])("%j reads %j", (markdown, text) => {
  expect(plainText(markdown)).toBe(text);
});
