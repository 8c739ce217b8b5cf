import { renderHook } from "@testing-library/react";
import { expect, test } from "vitest";
import type { RunEvent } from "../api/events.ts";
import { type Draft, emptyDraft, reduce } from "./reduce.ts";
import { useSources } from "./use-sources.ts";

const text = (seq: number): RunEvent => ({ type: "text_delta", text: "word ", seq, attempt: 1 });
const citation = (seq: number, url: string): RunEvent => ({ type: "citation", url, seq, attempt: 1 });

const after = (draft: Draft, events: RunEvent[]) => events.reduce(reduce, draft);

test("the list of sources stays the same while only the text grows", () => {
  const first = after(emptyDraft, [text(1), citation(2, "https://example.org/one"), text(3)]);
  const { result, rerender } = renderHook(({ draft }) => useSources(draft.parts), { initialProps: { draft: first } });
  const before = result.current;
  expect(before.map(({ url }) => url)).toEqual(["https://example.org/one"]);
  const grown = after(first, [text(4), text(5)]);
  rerender({ draft: grown });
  expect(result.current).toBe(before);
  rerender({ draft: after(grown, [citation(6, "https://example.org/two")]) });
  expect(result.current.map(({ url }) => url)).toEqual(["https://example.org/one", "https://example.org/two"]);
});
