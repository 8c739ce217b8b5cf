import type { Page } from "playwright-core";
import { figuresOf, prepareSampler, sampled } from "../sampler.ts";
import { answers, check, composer, lastAnswerIs, lastAnswerText, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const MESSAGES = 5_000;
const MOST_HELD = 360;

/** 5,000 messages: the end opens at once, the rest comes while a person scrolls and goes again, and links lead into the middle. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    await prepareSampler(context);
    const page = await context.newPage();
    await setUp(page, server.base);
    const conversation = server.seed(MESSAGES);

    step("it opens at its end");
    await page.goto(`${server.base}/c/${conversation}`);
    await page.getByText(`Answer ${MESSAGES - 1}.`).waitFor();
    check(await atEnd(page), "the view is not at the end");
    check((await held(page)) <= 60, "more than the end was loaded");

    step("earlier messages come by themselves, what is in view stays, and no more than a few hundred are held");
    let least = MESSAGES;
    for (let turn = 0; turn < 60 && least > MESSAGES - 500; turn += 1) {
      const before = await placeOfFirst(page);
      await page.evaluate(() => document.querySelector(".thread-scroll")?.scrollBy(0, -2_400));
      await page.waitForTimeout(60);
      least = Math.min(least, before.number);
      check((await held(page)) <= MOST_HELD, `${await held(page)} messages are held`);
    }
    check(least <= MESSAGES - 500, `the scroll got no further than message ${least}`);
    await settles(page);

    step("the button leads back to the newest message");
    await page.getByRole("button", { name: /Jump to/ }).click();
    await page.getByText(`Answer ${MESSAGES - 1}.`).waitFor();
    await page.waitForFunction(() => {
      const view = document.querySelector(".thread-scroll");
      return Boolean(view && view.scrollHeight - view.clientHeight - view.scrollTop < 40);
    });

    step("a link to a message leads into the middle, and from there down again");
    const messages = await page.evaluate(
      async ({ id, base }) => {
        const answer = await fetch(`${base}/api/conversations/${id}/messages?limit=100`);
        let page = (await answer.json()) as { items: { id: string }[]; next: string };
        for (let up = 0; up < 20; up += 1)
          page = await (await fetch(`${base}/api/conversations/${id}/messages?limit=100&before=${page.next}`)).json();
        return page.items.map((item) => item.id);
      },
      { id: conversation, base: server.base },
    );
    const wanted = messages[51] ?? "";
    await page.goto(`${server.base}/c/${conversation}?m=${wanted}`);
    const target = page.locator(`[data-message="${wanted}"]`);
    await target.waitFor();
    await page.waitForFunction((id) => {
      const top = document.querySelector(`[data-message="${id}"]`)?.getBoundingClientRect().top ?? -1;
      const view = document.querySelector(".thread-scroll")?.getBoundingClientRect();
      return view !== undefined && top >= view.top - 4 && top < view.bottom - 100;
    }, wanted);
    await page.waitForURL(`${server.base}/c/${conversation}`);
    const start = (await placeOfFirst(page)).number;
    for (let turn = 0; turn < 12; turn += 1) {
      await page.evaluate(() => document.querySelector(".thread-scroll")?.scrollBy(0, 2_400));
      await page.waitForTimeout(60);
    }
    const further = (await placeOfFirst(page)).number;
    check(further > start + 20 && further < start + 400, `scrolling down led from message ${start} to ${further}`);

    step("what is sent from there stands at the end, and streams smoothly");
    const flow = await sampled(page, async () => {
      await composer(page).fill("/words 300 rate 120");
      await composer(page).press("Enter");
      await page.getByText("/words 300 rate 120").waitFor();
      await lastAnswerIs(page, "done");
      await page.getByText("w299").waitFor();
    });
    check(await page.getByText(`Answer ${MESSAGES - 1}.`).count(), "the new message does not follow the newest one");
    const figures = figuresOf(flow);
    check(
      figures.lag <= 300 + 2 * figures.longestFrame,
      `the text was ${figures.lag} ms late, the longest frame took ${figures.longestFrame}`,
    );
    check((await answers(page).count()) <= MOST_HELD, "too many messages are held");

    step("the next question glides to the top, while the oldest turns go: nothing else moves");
    const glide = figuresOf(
      await sampled(page, async () => {
        await composer(page).fill("/words 100 rate 200");
        await composer(page).press("Enter"); // Not `ask`, which counts messages: the oldest go meanwhile.
        await questions(page).last().filter({ hasText: "/words 100 rate 200" }).waitFor();
        await lastAnswerIs(page, "done");
      }),
    );
    check((await lastAnswerText(page)).endsWith("w99"), "the end is missing");
    check(glide.shift + glide.asked <= 0.01, `the layout shifted by ${glide.shift}, and by ${glide.asked} at once`);
  },
};

const held = (page: Page) => page.locator("[data-message]").count();

const atEnd = (page: Page) =>
  page.evaluate(() => {
    const view = document.querySelector(".thread-scroll");
    return Boolean(view && view.scrollHeight - view.clientHeight - view.scrollTop < 40);
  });

/** The number in the first message in view, and where it is. */
const placeOfFirst = (page: Page) =>
  page.evaluate(() => {
    const view = document.querySelector(".thread-scroll")?.getBoundingClientRect();
    const first = [...document.querySelectorAll("[data-message]")].find(
      (message) => message.getBoundingClientRect().bottom > (view?.top ?? 0) + 1,
    );
    const number = Number(/(?:Question|Answer) (\d+)/.exec(first?.textContent ?? "")?.[1] ?? -1);
    return { number, top: first?.getBoundingClientRect().top ?? 0 };
  });

/** With nobody scrolling, what is in view keeps its place. */
async function settles(page: Page): Promise<void> {
  await page.waitForTimeout(400);
  const before = await placeOfFirst(page);
  await page.waitForTimeout(600);
  const after = await placeOfFirst(page);
  check(
    before.number === after.number && Math.abs(before.top - after.top) <= 2,
    `the view moved from ${JSON.stringify(before)} to ${JSON.stringify(after)}`,
  );
}
