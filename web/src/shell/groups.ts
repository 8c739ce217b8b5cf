import type { Conversation } from "../api/types.ts";
import { formatDate, type Key, t } from "../i18n/index.ts";

export type Group = { name: string; items: Conversation[] };

const RECENT: [days: number, name: Key][] = [
  [0, "time.today"],
  [1, "time.yesterday"],
  [7, "time.week"],
  [30, "time.month"],
];

/** The list under headings: today, yesterday, the 7 and 30 days before, then months. */
export function groupByTime(items: readonly Conversation[], now: Date = new Date()): Group[] {
  const limits = RECENT.map(([days, name]) => [new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime(), name] as const);
  const groups: Group[] = [];
  for (const item of items) {
    const used = Date.parse(item.updated);
    const found = limits.find(([from]) => used >= from);
    const name = found ? t(found[1]) : formatDate(item.updated, { year: "numeric", month: "long" });
    const current = groups.at(-1);
    if (current?.name === name) current.items.push(item);
    else groups.push({ name, items: [item] });
  }
  return groups;
}
