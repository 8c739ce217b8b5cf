import { expect, test } from "vitest";
import type { Model } from "../api/types.ts";
import { sectionsOf } from "./model-order.ts";

const nothing = { vision: null, tools: null, reasoning: null, context_tokens: null, output_tokens: null, continuation: null };
const prices = { input_price: null, output_price: null, cached_price: null };

function model(provider: string, id: string): Model {
  const capabilities = { ...nothing, ...prices };
  return {
    provider,
    provider_name: provider.toUpperCase(),
    id,
    name: `Model ${id}`,
    capabilities,
    enabled: true,
    demo: false,
    health: "ok",
  };
}

const MODELS = [model("p", "one"), model("p", "two"), model("q", "three"), model("q", "four")];
const shape = (text: string, pinned: string[] = [], recent: string[] = []) => {
  const refs = (ids: string[]) => ids.map((id) => ({ provider: MODELS.find((item) => item.id === id)?.provider ?? "gone", model: id }));
  return sectionsOf(MODELS, text, refs(pinned), refs(recent)).map((section) => [section.kind, ...section.models.map((item) => item.id)]);
};

test("models stand by provider, in the order of the server", () => {
  expect(shape("")).toEqual([
    ["provider", "one", "two"],
    ["provider", "three", "four"],
  ]);
});

test("pinned and recent models stand above and only once, and those that are gone are left out", () => {
  expect(shape("", ["three", "missing"], ["three", "one"])).toEqual([
    ["pinned", "three"],
    ["recent", "one"],
    ["provider", "two"],
    ["provider", "four"],
  ]);
});

test("a search takes every word of name, id and provider", () => {
  expect(shape("q MODEL thr", ["one"])).toEqual([["provider", "three"]]);
  expect(shape("nothing")).toEqual([]);
});
