import { expect, test } from "vitest";
import { MarkdownDocument } from "./document.ts";
import { groupsOf, isSameGroup } from "./groups.ts";

const paragraphs = (count: number) => Array.from({ length: count }, (_, index) => `Paragraph ${index}.\n\n`).join("");

test("groups hold every block once and in order", () => {
  for (const count of [0, 1, 16, 17, 100]) {
    const blocks = new MarkdownDocument().update(paragraphs(count), true);
    expect(blocks.length).toBe(count);
    expect(groupsOf(blocks).flat()).toEqual(blocks);
  }
});

test("while a text grows, only its last group changes", () => {
  const document = new MarkdownDocument();
  const before = groupsOf(document.update(paragraphs(100), false));
  const after = groupsOf(document.update(`${paragraphs(100)}Another`, false));
  const changed = after.filter((group, index) => !isSameGroup({ blocks: before[index] ?? [] }, { blocks: group }));
  expect(changed).toEqual([after.at(-1)]);
});
