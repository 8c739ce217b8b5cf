import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MarkdownDocument, parseMarkdown } from "./document.ts";
import { toHtml } from "./html.ts";

// After a change that is meant: npx vitest run src/markdown/golden.test.ts --update, then read the difference.
const FOLDER = join(import.meta.dirname, "golden");
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".md"))
  .map((name) => name.slice(0, -3));
const read = (name: string) => readFileSync(join(FOLDER, `${name}.md`), "utf8");

test("there are answers in both languages", () => {
  expect(NAMES.filter((name) => name.startsWith("en-")).length).toBeGreaterThanOrEqual(18);
  expect(NAMES.filter((name) => name.startsWith("zh-")).length).toBeGreaterThanOrEqual(7);
});

test.each(NAMES)("%s is rendered as it was", async (name) => {
  await expect(`${toHtml(parseMarkdown(read(name)))}\n`).toMatchFileSnapshot(join(FOLDER, `${name}.html`));
});

test.each(NAMES.filter((name) => name.includes("half-open")))(
  "%s is shown without half of anything while it is under way",
  async (name) => {
    await expect(`${toHtml(new MarkdownDocument().update(read(name), false))}\n`).toMatchFileSnapshot(join(FOLDER, `${name}.stream.html`));
  },
);

test.each(NAMES)("%s ends the same when it comes in any pieces", (name) => {
  const text = read(name);
  const whole = toHtml(parseMarkdown(text));
  for (const step of [1, 3, 17, 64]) {
    const document = new MarkdownDocument();
    for (let at = step; at < text.length; at += step) document.update(text.slice(0, at), false);
    expect(toHtml(document.update(text, true)), `${step} at a time`).toBe(whole);
  }
});
