import { beforeEach, expect, test } from "vitest";
import { loadLocale } from "../i18n/index.ts";
import { windowSize } from "./window-size.ts";

beforeEach(() => loadLocale("zh-CN"));

test.each([
  [512, "512"],
  [8_192, "8K"],
  [128_000, "128K"],
  [1_000_000, "1M"],
  [1_048_576, "1M"],
  [1_500_000, "1.5M"],
])("a context of %d tokens is written %s, in Chinese too", (tokens, text) => {
  expect(windowSize(tokens)).toBe(text);
});
