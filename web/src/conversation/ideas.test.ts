import { expect, test } from "vitest";
import { greetingOf, ideasOf } from "./ideas.ts";

const at = (day: number, hour: number) => new Date(2026, 4, day, hour);

test("ideas stay the same all day and are other ones on the next", () => {
  expect(ideasOf(at(20, 0), false)).toEqual(ideasOf(at(20, 23), false));
  const both = [...ideasOf(at(20, 12), false), ...ideasOf(at(21, 12), false)];
  expect(new Set(both).size).toBe(8);
});

test("a demo model offers its tour first, and no more ideas than others", () => {
  expect(ideasOf(at(20, 12), true)[0]).toBe("home.ideaTour");
  expect(ideasOf(at(20, 12), true).length).toBe(4);
});

test.each([
  [4, "home.greetingNight"],
  [5, "home.greetingMorning"],
  [12, "home.greetingAfternoon"],
  [18, "home.greetingEvening"],
  [23, "home.greetingNight"],
])("at %i o'clock the greeting is %s", (hour, key) => {
  expect(greetingOf(at(20, hour))).toBe(key);
});
