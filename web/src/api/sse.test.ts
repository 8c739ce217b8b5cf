import { describe, expect, test } from "vitest";
import { SseParser, type SseRecord } from "./sse.ts";

/** A small repeatable source of numbers between 0 and 1. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

const LINES = [
  "event: event",
  "event:end",
  'data: {"a":1}',
  "data: 中文 🙂",
  "data:",
  "id: 1.2",
  ": ping",
  "",
  "",
  "retry: 10",
  "nonsense",
];
const ENDS = ["\n", "\r\n", "\r"];

function compose(next: () => number): string {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  return `${Array.from({ length: 12 }, () => pick(LINES) + pick(ENDS)).join("")}\n\n`;
}

function readAtOnce(text: string): SseRecord[] {
  return new SseParser().push(text);
}

describe("any way to cut the bytes", () => {
  test("gives the same records as reading them at once", () => {
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const next = random(seed);
      const text = compose(next);
      const parser = new SseParser();
      const records: SseRecord[] = [];
      for (let at = 0; at < text.length; ) {
        const size = 1 + Math.floor(next() * 7);
        records.push(...parser.push(text.slice(at, at + size)));
        at += size;
      }
      expect(records, `seed ${seed}`).toEqual(readAtOnce(text));
    }
  });
});

test("a record has its event, its id and all its data lines", () => {
  expect(readAtOnce("event: reset\nid: 2.7\ndata: {\ndata: }\n\n")).toEqual([{ event: "reset", id: "2.7", data: "{\n}" }]);
});

test("comments and records without data are left out", () => {
  expect(readAtOnce(": ping\n\nevent: state\n\ndata: 1\n\n")).toEqual([{ event: "message", id: null, data: "1" }]);
});
