import type { LucideIcon } from "lucide-react";
import { match } from "./fuzzy.ts";
import type { Chord } from "./shortcuts.ts";

/** One line of the palette. `run` is called once the palette is closed. */
export type Entry = {
  id: string;
  group: "conversations" | "commands" | "models" | "settings" | "messages" | "begin";
  title: string;
  /** Further words by which it is found. */
  words?: string;
  note?: string;
  snippet?: string;
  icon: LucideIcon;
  chord?: Chord;
  run: () => void;
};

export type Shown = Entry & { marks: readonly [number, number][] };
export type Section = { group: Entry["group"]; entries: Shown[] };

const RECENT = 6;
const MOST = 8; // of a group: what stands further down is found faster with another letter

/** Without a query the newest conversations and the commands; with one what answers it, the best group first. */
export function sectionsOf(entries: readonly Entry[], query: string): Section[] {
  const groups = [...new Set(entries.map((entry) => entry.group))];
  if (!query.trim()) {
    const recent = entries.filter((entry) => entry.group === "conversations").slice(0, RECENT);
    return nonEmpty([
      section("conversations", recent),
      section(
        "commands",
        entries.filter((entry) => entry.group === "commands"),
      ),
    ]);
  }
  const ranked = groups.map((group) => rank(group, entries, query));
  return nonEmpty(ranked.sort((a, b) => b.best - a.best).map((one) => one.section));
}

type Ranked = { section: Section; best: number };

/** Hits in messages were chosen by the server, and a new conversation is always possible: both stand last. */
function rank(group: Entry["group"], entries: readonly Entry[], query: string): Ranked {
  const own = entries.filter((entry) => entry.group === group);
  if (group === "messages" || group === "begin") return { section: section(group, own), best: group === "messages" ? -1 : -2 };
  const found = own.flatMap((entry) => {
    const inTitle = match(query, entry.title);
    const score = inTitle?.score ?? (entry.words ? match(query, `${entry.title} ${entry.words}`)?.score : undefined);
    return score === undefined ? [] : [{ score, shown: { ...entry, marks: inTitle?.marks ?? [] } }];
  });
  found.sort((a, b) => b.score - a.score);
  return { section: { group, entries: found.slice(0, MOST).map((one) => one.shown) }, best: found[0]?.score ?? 0 };
}

function section(group: Entry["group"], entries: readonly Entry[]): Section {
  return { group, entries: entries.map((entry) => ({ ...entry, marks: [] })) };
}

function nonEmpty(sections: Section[]): Section[] {
  return sections.filter((one) => one.entries.length > 0);
}
