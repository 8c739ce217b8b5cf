/** How long a person waits for what their input does: from the event's own time to the frame that shows it. */
import type { Page } from "playwright-core";
import { sampled } from "./sampler.ts";

type Input = "keydown" | "click";

const SETTLED_MS = 600;

/** Milliseconds from the input that `act` makes to the first frame in which the last question or answer holds `text`. */
export async function untilShown(page: Page, input: Input, text: string, act: () => Promise<void>): Promise<number> {
  const waited = page.evaluate(
    ([type, wanted]) =>
      new Promise<number>((resolve) => {
        const lasts = () => ["user", "assistant"].map((role) => [...document.querySelectorAll(`article[data-role="${role}"]`)].at(-1));
        const begin = ({ timeStamp }: Event) => {
          const look = () => {
            if (lasts().some((article) => article?.textContent?.includes(wanted))) resolve(performance.now() - timeStamp);
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        addEventListener(type, begin, { capture: true, once: true });
      }),
    [input, text] as const,
  );
  await act();
  return waited;
}

/** Milliseconds from the input that `act` makes to the last frame that changed the length of the answer. */
export async function lastChange(page: Page, input: Input, act: () => Promise<void>): Promise<number> {
  const begun = page.evaluate(
    (type) =>
      new Promise<number>((resolve) => addEventListener(type, ({ timeStamp }) => resolve(timeStamp), { capture: true, once: true })),
    input,
  );
  const { frames } = await sampled(page, async () => {
    await act();
    await page.waitForTimeout(SETTLED_MS);
  });
  const changed = frames.findLast((frame, index) => index > 0 && frame.length !== frames[index - 1]?.length);
  return Math.max(0, (changed?.time ?? 0) - (await begun));
}
