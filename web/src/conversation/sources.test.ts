import { expect, test } from "vitest";
import type { CitationPart } from "../api/types.ts";
import { sourcesOf } from "./sources.ts";

const named = (url: string, title = ""): CitationPart => ({ type: "citation", url, title, text: "" });

test("a source has one number however often it is named, and an unsafe address has none", () => {
  const items = [
    named("https://a.example/"),
    named("javascript:alert(1)"),
    named("https://b.example/"),
    named("https://a.example/", "again"),
  ];
  expect(sourcesOf(items).map((item) => item.url)).toEqual(["https://a.example/", "https://b.example/"]);
});
