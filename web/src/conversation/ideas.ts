import type { Key } from "../i18n/index.ts";

const SHOWN = 4;
const DAY_MS = 86_400_000;

const IDEAS: readonly Key[] = [
  "home.ideaExplain",
  "home.ideaMail",
  "home.ideaPlan",
  "home.ideaReview",
  "home.ideaCompare",
  "home.ideaSummary",
  "home.ideaTranslate",
  "home.ideaNames",
  "home.ideaTable",
  "home.ideaLearn",
  "home.ideaQuestions",
  "home.ideaRegex",
];

/** Four ways to begin, other ones every day and the same all day; a demo model shows first what it can do. */
export function ideasOf(date: Date, demo: boolean): Key[] {
  const day = Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / DAY_MS);
  const own = demo ? SHOWN - 1 : SHOWN;
  const ideas = Array.from({ length: own }, (_, index) => IDEAS[(day * SHOWN + index) % IDEAS.length] ?? "home.ideaExplain");
  return demo ? ["home.ideaTour", ...ideas] : ideas;
}

/** The greeting that fits the hour. */
export function greetingOf(date: Date): Key {
  const hour = date.getHours();
  if (hour < 5 || hour >= 23) return "home.greetingNight";
  if (hour < 12) return "home.greetingMorning";
  return hour < 18 ? "home.greetingAfternoon" : "home.greetingEvening";
}
