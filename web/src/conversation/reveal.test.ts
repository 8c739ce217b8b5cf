import { expect, test } from "vitest";
import { Pace, wholeCharacter } from "./reveal.ts";

const FRAME_MS = 1000 / 60;

type Run = { jumps: number[]; lags: number[] };

/** Frames of a text that arrives as `arrivals` say: characters in all by the time, in milliseconds. */
function play(arrivals: [time: number, length: number][], endMs: number): Run {
  const pace = new Pace(0);
  const run: Run = { jumps: [], lags: [] };
  let next = 0;
  for (let now = 0; now < endMs; now += FRAME_MS) {
    for (; next < arrivals.length && (arrivals[next]?.[0] ?? 0) <= now; next += 1)
      pace.arrive(arrivals[next]?.[1] ?? 0, arrivals[next]?.[0] ?? 0);
    const before = pace.shown;
    const shown = pace.step(now);
    run.jumps.push(shown - before);
    const waiting = arrivals.find(([, length]) => length > shown);
    run.lags.push(waiting && waiting[0] <= now ? now - waiting[0] : 0);
  }
  return run;
}

const every = (ms: number, chars: number, count: number): [number, number][] =>
  Array.from({ length: count }, (_, index) => [index * ms, (index + 1) * chars]);

test.each([
  ["200 tokens a second in slices of 40 ms", every(40, 40, 100)],
  ["a vendor that sends three times a second", every(320, 250, 20)],
  ["slow words", every(180, 6, 30)],
])("%s: no jump, no lag, and an even speed", (_name, arrivals) => {
  const end = arrivals.at(-1)?.[0] ?? 0;
  const { jumps, lags } = play(arrivals, end);
  expect(Math.max(...jumps)).toBeLessThanOrEqual(41);
  expect(Math.max(...lags)).toBeLessThan(300);
  const later = jumps.slice(jumps.length / 2); // the rhythm is learnt by then
  const chunk = arrivals[0]?.[1] ?? 0;
  const gap = arrivals[1]?.[0] ?? 1;
  const mean = (chunk / gap) * FRAME_MS;
  expect(Math.max(...later)).toBeLessThanOrEqual(Math.ceil(mean * 1.6) + 1);
});

test("an uneven arrival is let out within 300 ms", () => {
  const arrivals: [number, number][] = [];
  let seed = 7;
  let time = 0;
  let length = 0;
  for (let index = 0; index < 200; index += 1) {
    seed = (seed * 16_807) % 2_147_483_647;
    time += seed % 400;
    length += seed % 300;
    arrivals.push([time, length]);
  }
  const { jumps, lags } = play(arrivals, time);
  expect(Math.max(...jumps)).toBeLessThanOrEqual(60);
  expect(Math.max(...lags)).toBeLessThan(300);
});

test("everything is shown in the end, and what comes back after a lost connection is shown at once", () => {
  expect(play([[0, 500]], 1_000).jumps.reduce((sum, jump) => sum + jump, 0)).toBe(500);
  const pace = new Pace(10);
  pace.arrive(9_000, 50);
  expect(pace.shown).toBe(9_000);
});

test("a text that is there when the view begins, or that is replaced by a shorter one, is not revealed", () => {
  const pace = new Pace(120);
  expect(pace.pending).toBe(false);
  pace.arrive(80, 10);
  expect(pace.shown).toBe(80);
});

test("a cut does not split a character", () => {
  expect(wholeCharacter("a😀b", 2)).toBe(3);
  expect(wholeCharacter("a😀b", 1)).toBe(1);
});
