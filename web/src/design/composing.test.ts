import { expect, test } from "vitest";
import { isComposing } from "./composing.ts";

test.each([
  ["in the middle of a word", { keyCode: 13, isComposing: true }, true],
  ["as React hands it on", { keyCode: 13, nativeEvent: { isComposing: true } }, true],
  ["after the end of a composition, in Safari", { keyCode: 229, isComposing: false }, true],
  ["without an input method", { keyCode: 13, isComposing: false, nativeEvent: { isComposing: false } }, false],
])("a key %s", (_name, event, composing) => {
  expect(isComposing(event)).toBe(composing);
});
