import { expect, test } from "vitest";
import { highlight, LANGUAGE_NAMES } from "./highlight.ts";

test("code comes back in pieces that add up to it, also with a language inside a language", async () => {
  const html = '<p class="a">x</p>\n<script>const n = 1;</script>\n<style>b { color: red }</style>';
  const spans = await highlight(html, "html");
  expect(spans?.map((span) => span.text).join("")).toBe(html);
  expect(new Set(spans?.map((span) => span.scope))).toContain("keyword");
});

test("a language that is not known stays plain", async () => {
  expect(await highlight("x", "no-such-language")).toBeNull();
});

test.each(["__proto__", "constructor", "toString"])("%s is no language", async (name) => {
  expect(await highlight("x", name)).toBeNull();
});

test("more than fifty languages are coloured", async () => {
  for (const name of LANGUAGE_NAMES) expect(await highlight("x = 1 // y", name), name).not.toBeNull();
  expect(LANGUAGE_NAMES.length).toBeGreaterThan(50);
});

test("a very long text stays plain", async () => {
  expect(await highlight("x = 1\n".repeat(50_000), "py")).toBeNull();
});
