import type { Page } from "playwright-core";
import { figuresOf, prepareSampler, sampled } from "../sampler.ts";
import { answerGrows, answers, ask, check, lastAnswerIs, lastAnswerText, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const LONG = "/words 4000 rate 150";

/** An answer flows evenly, the view follows it until the person wants otherwise, stop is at once, and a continued answer goes on in its place. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context({ hasTouch: true });
    await prepareSampler(context);
    const page = await context.newPage();
    await setUp(page, server.base);
    await ask(page, "/echo ready");
    await lastAnswerIs(page, "done");

    step("the text flows: no jumps, close behind the network, nothing moves");
    const flow = await sampled(page, async () => {
      await ask(page, "/words 500 rate 120");
      await lastAnswerIs(page, "done");
    });
    const figures = figuresOf(flow);
    check(figures.jump <= 42, `a frame added ${figures.jump} characters`);
    check(figures.lag <= 300 + figures.longestFrame, `the text was ${figures.lag} ms late, the longest frame took ${figures.longestFrame}`);
    const shown = flow.frames.slice(flow.frames.findIndex((frame) => frame.length === 0));
    check(
      shown.every((frame, index) => frame.length >= (shown[index - 1]?.length ?? 0)),
      "the text was shorter for a frame than before",
    );
    check(figures.shift <= 0.01, `the layout shifted by ${figures.shift}`);
    check((await lastAnswerText(page)).endsWith("w499"), "the end is missing");

    step("a question just sent stands at the top of the view");
    await ask(page, LONG);
    await page.waitForFunction(() => {
      const [question, view] = [
        [...document.querySelectorAll('article[data-role="user"]')].at(-1),
        document.querySelector(".thread-scroll"),
      ];
      if (!question || !view) return false;
      return Math.abs(question.getBoundingClientRect().top - view.getBoundingClientRect().top) < 60;
    });

    step("the view follows a long answer, and is free at once by wheel, touch and keyboard");
    await overflows(page);
    await stays(page, async () => {
      await page.mouse.move(640, 300);
      await page.mouse.wheel(0, -30);
    });
    await backToEnd(page);
    await stays(page, () => swipeDown(page));
    await backToEnd(page);
    await page.getByRole("region", { name: "Messages" }).focus();
    await stays(page, () => page.keyboard.press("PageUp"));
    check(await page.getByTestId("unseen").count(), "the button does not say that the answer goes on");
    await backToEnd(page);

    step("stop is at once, and the next version begins with what there was, without a jump");
    const stopping = await sampled(page, async () => {
      await page.getByRole("button", { name: "Stop" }).click();
      await lastAnswerIs(page, "stopped");
      await page.getByText("You stopped this answer.").waitFor();
      await page.waitForTimeout(400);
    });
    const stopped = await lastAnswerText(page);
    const moves = stopping.frames.filter((frame, index) => index > 0 && frame.length !== stopping.frames[index - 1]?.length);
    check(moves.length <= 14, `the text went on for ${moves.length} frames after stop`);
    await page.getByRole("button", { name: "Continue" }).waitFor();
    const going = await sampled(page, async () => {
      await page.getByRole("button", { name: "Continue" }).click();
      await answerGrows(page, stopped.length + 60);
    });
    const shortest = Math.min(...going.frames.map((frame) => frame.length));
    check(shortest >= stopped.length - 1, `the continued answer fell back to ${shortest} of ${stopped.length} characters`);
    check((await lastAnswerText(page)).startsWith(stopped), "the continued answer does not begin with what there was");
    await page.keyboard.press("Escape");
    await lastAnswerIs(page, "stopped");

    step("a conversation that was left further up is shown there again");
    await page.mouse.move(640, 300);
    await page.mouse.wheel(0, -900);
    await page.waitForTimeout(300);
    const left = await firstInView(page);
    await page.getByRole("link", { name: "New conversation" }).first().click();
    await page.getByRole("heading", { name: /How can I help/ }).waitFor();
    await page.goBack();
    await answers(page).last().waitFor();
    await page.waitForTimeout(300);
    const found = await firstInView(page);
    check(Math.abs(found - left) < 24, `the view is ${found - left} pixels from where it was left`);

    step("with reduced motion the text is there as it comes");
    await page.emulateMedia({ reducedMotion: "reduce" });
    const still = figuresOf(
      await sampled(page, async () => {
        await ask(page, "/words 60 rate 30");
        await lastAnswerIs(page, "done");
      }),
    );
    check(still.lag <= 60 + 2 * still.longestFrame, `without motion the text was ${still.lag} ms late`);
    check((await questions(page).count()) === 4, "a question is missing");
  },
};

/** Waits until the answer is much longer than the view. */
async function overflows(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const view = document.querySelector(".thread-scroll");
    const turn = document.querySelector(".turn-last");
    return Boolean(
      view && turn && turn.scrollHeight > view.clientHeight + 200 && view.scrollHeight - view.clientHeight - view.scrollTop < 40,
    );
  });
}

/** After `move` the view stands still, while the answer below it goes on. */
async function stays(page: Page, move: () => Promise<unknown>): Promise<void> {
  await move();
  await page.getByRole("button", { name: /Jump to the latest/ }).waitFor();
  await page.waitForTimeout(250);
  const before = await view(page);
  await page.waitForFunction((height) => (document.querySelector(".thread-scroll")?.scrollHeight ?? 0) > height + 40, before.height);
  const after = await view(page);
  check(Math.abs(after.top - before.top) <= 1, `the view moved from ${before.top} to ${after.top} under the reader`);
}

async function backToEnd(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Jump to the latest/ }).click();
  await overflows(page);
}

const view = (page: Page) =>
  page.evaluate(() => {
    const element = document.querySelector(".thread-scroll");
    return { top: element?.scrollTop ?? 0, height: element?.scrollHeight ?? 0 };
  });

/** A finger that moves down over the messages, so that they go up. */
async function swipeDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: 640, y: 250 }] });
  for (let y = 260; y <= 420; y += 20) await session.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: [{ x: 640, y }] });
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  await session.detach();
}

/** How far above the top of the view the last turn begins. */
const firstInView = (page: Page) =>
  page.evaluate(() => {
    const [turn, element] = [[...document.querySelectorAll("[data-turn]")].at(-1), document.querySelector(".thread-scroll")];
    return (turn?.getBoundingClientRect().top ?? 0) - (element?.getBoundingClientRect().top ?? 0);
  });
