import { Search } from "lucide-react";
import { expect, test } from "vitest";
import { type Entry, sectionsOf } from "./palette-entries.ts";

const entry = (group: Entry["group"], title: string, words?: string): Entry => ({
  id: `${group}/${title}`,
  group,
  title,
  words,
  icon: Search,
  run: () => undefined,
});
const talks = Array.from({ length: 10 }, (_, index) => entry("conversations", `Talk ${index}`));
const ENTRIES = [
  ...talks,
  entry("conversations", "Dark matter"),
  entry("commands", "New conversation"),
  entry("commands", "Theme: Dark", "colour 深色"),
  entry("models", "Opus", "anthropic"),
  entry("messages", "Talk 3"),
  entry("begin", "New conversation: dark"),
];
const titles = (query: string) => sectionsOf(ENTRIES, query).map((one) => [one.group, ...one.entries.map((item) => item.title)]);

test("without a query there are the newest conversations, then the commands", () => {
  const [recent, commands] = titles("");
  expect(recent).toEqual(["conversations", ...talks.slice(0, 6).map((item) => item.title)]);
  expect(commands).toEqual(["commands", "New conversation", "Theme: Dark"]);
  expect(titles("").length).toBe(2);
});

test("with one the group of the best answer comes first, then hits in messages, and last the way to begin", () => {
  expect(titles("dark")).toEqual([
    ["conversations", "Dark matter"],
    ["commands", "Theme: Dark"],
    ["messages", "Talk 3"],
    ["begin", "New conversation: dark"],
  ]);
});

test("further words find an entry, but are not marked in its title", () => {
  const [models] = sectionsOf(ENTRIES, "anthropic");
  expect(models?.entries.map((item) => [item.title, item.marks])).toEqual([["Opus", []]]);
});
