import { expect, test } from "vitest";
import { highlight } from "./highlight.ts";

test("code comes back in pieces that add up to it, also with a language inside a language", async () => {
  await highlight("1", "js"); // A language inside another is coloured once it was loaded for itself.
  const html = '<p class="a">x</p>\n<script>const n = 1;</script>\n<style>b { color: red }</style>';
  const spans = await highlight(html, "html");
  expect(spans?.map((span) => span.text).join("")).toBe(html);
  expect(new Set(spans?.map((span) => span.scope))).toContain("keyword");
});

test("a language that is not known stays plain", async () => {
  expect(await highlight("x", "no-such-language")).toBeNull();
});
