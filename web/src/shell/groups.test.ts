import { beforeAll, expect, test } from "vitest";
import { conversationOf } from "../api/lists.ts";
import type { Conversation } from "../api/types.ts";
import { loadLocale } from "../i18n/index.ts";
import { groupByTime } from "./groups.ts";

const NOW = new Date(2026, 4, 20, 12);

function updated(year: number, month: number, day: number): Conversation {
  const time = new Date(year, month, day, 9).toISOString();
  return conversationOf({ id: time, created: time, updated: time });
}

beforeAll(() => loadLocale("en"));

test("conversations stand under the day, the week and the month in which they were used", () => {
  const days = [updated(2026, 4, 20), updated(2026, 4, 19), updated(2026, 4, 15), updated(2026, 3, 25), updated(2025, 10, 2)];
  expect(groupByTime(days, NOW).map((group) => group.name)).toEqual([
    "Today",
    "Yesterday",
    "Previous 7 days",
    "Previous 30 days",
    "November 2025",
  ]);
});
