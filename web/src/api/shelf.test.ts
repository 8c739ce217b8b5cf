import { expect, test } from "vitest";
import { isLastWrite, whileWriting } from "./shelf.ts";

/** A write that ends when it is told to. */
function write(ids: string[], log: string[], name: string, fails = false) {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const done = whileWriting(ids, async () => {
    log.push(`${name} begins`);
    await ended;
    log.push(`${name} ends, ${ids.every(isLastWrite) ? "the last" : "not the last"}`);
    if (fails) throw new Error(name);
  });
  return { end, done };
}

test("writes to one conversation follow each other, and the answer of an earlier one is not the last word", async () => {
  const log: string[] = [];
  const rename = write(["c1"], log, "rename");
  const remove = write(["c1", "c2"], log, "delete");
  remove.end();
  rename.end();
  await Promise.all([rename.done, remove.done]);
  expect(log).toEqual(["rename begins", "rename ends, not the last", "delete begins", "delete ends, the last"]);
});

test("a write waits for no other conversation, nor for one that failed", async () => {
  const log: string[] = [];
  const slow = write(["c1"], log, "slow");
  const failed = write(["c2"], log, "failed", true);
  failed.end();
  await expect(failed.done).rejects.toThrow("failed");
  const next = write(["c2"], log, "next");
  next.end();
  await next.done;
  slow.end();
  await slow.done;
  expect(log.slice(0, 2)).toEqual(["slow begins", "failed begins"]);
  expect(log.at(-2)).toBe("next ends, the last");
});
