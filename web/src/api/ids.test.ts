import { expect, test } from "vitest";
import { newId } from "./ids.ts";

test("ids are UUIDv7 and sort by the time that they were made", () => {
  const ids = [1, 65_536, 1_700_000_000_000, 1_700_000_000_001, 2 ** 47].map((time) => newId(time));
  for (const id of ids) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  expect([...ids].sort()).toEqual(ids);
});
