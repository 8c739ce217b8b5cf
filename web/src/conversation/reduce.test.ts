import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import type { RunEvent } from "../api/events.ts";
import type { Part } from "../api/types.ts";
import { type Draft, emptyDraft, reduce, reset } from "./reduce.ts";

const FOLDER = resolve(import.meta.dirname, "../../../tests/fixtures/events");

type Line =
  | { event: RunEvent }
  | { reset: { attempt: number; seq: number; parts: Part[] } }
  | { expect: { attempt: number; seq: number; parts: Part[]; outcome?: string } };

function readLog(name: string): Line[] {
  const lines = readFileSync(resolve(FOLDER, name), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Line);
}

/** Fields that are null, false or empty may be left out on either side. */
function dropDefaults(parts: readonly Part[]): object[] {
  const filled = ([, value]: [string, unknown]) => value !== null && value !== undefined && value !== false && value !== "";
  return parts.map((part) => Object.fromEntries(Object.entries(part).filter(filled)));
}

describe("the shared event logs", () => {
  const logs = readdirSync(FOLDER).filter((name) => name.endsWith(".jsonl"));

  test.each(logs)("%s folds to the parts that it expects", (name) => {
    let draft: Draft = emptyDraft;
    for (const line of readLog(name)) {
      if ("event" in line) draft = reduce(draft, line.event);
      else if ("reset" in line) draft = reset(draft, line.reset);
      else {
        expect({ attempt: draft.attempt, seq: draft.lastSeq }).toEqual({ attempt: line.expect.attempt, seq: line.expect.seq });
        expect(dropDefaults(draft.parts)).toEqual(dropDefaults(line.expect.parts));
        if (line.expect.outcome) expect(draft.state).toBe(line.expect.outcome);
      }
    }
  });

  test.each(logs)("%s folds to the same draft when every event comes twice", (name) => {
    let once: Draft = emptyDraft;
    let twice: Draft = emptyDraft;
    for (const line of readLog(name)) {
      if ("expect" in line) continue;
      const step = (draft: Draft) => ("event" in line ? reduce(draft, line.event) : reset(draft, line.reset));
      once = step(once);
      twice = step(step(twice));
    }
    expect(twice).toEqual(once);
  });
});

test("an event of a type that this page does not know only moves the position", () => {
  const unknown = { type: "from_the_future", seq: 1, attempt: 1 } as unknown as RunEvent;
  const draft = reduce(emptyDraft, unknown);
  expect(draft.parts).toEqual([]);
  expect(draft.lastSeq).toBe(1);
});
