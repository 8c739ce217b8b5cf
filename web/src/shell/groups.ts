import type { Conversation } from "../api/types.ts";
import { formatDate, type Key, t } from "../i18n/index.ts";

export type Group = { name: string; items: Conversation[] };

const DAY_MS = 86_400_000;

/** The list under headings: today, yesterday, the last 7 and 30 days, then months. */
export function groupByTime(items: readonly Conversation[], now: Date = new Date()): Group[] {
  const groups: Group[] = [];
  for (const item of items) {
    const name = nameOf(new Date(item.updated), now);
    const current = groups.at(-1);
    if (current?.name === name) current.items.push(item);
    else groups.push({ name, items: [item] });
  }
  return groups;
}

function nameOf(date: Date, now: Date): string {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  const limits: [number, Key][] = [
    [midnight, "time.today"],
    [midnight - DAY_MS, "time.yesterday"],
    [midnight - 7 * DAY_MS, "time.week"],
    [midnight - 30 * DAY_MS, "time.month"],
  ];
  const found = limits.find(([from]) => date.getTime() >= from);
  return found ? t(found[1]) : formatDate(date.toISOString(), { year: "numeric", month: "long" });
}
