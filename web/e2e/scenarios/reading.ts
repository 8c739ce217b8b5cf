import type { Page } from "playwright-core";
import { ScriptedModel } from "../model.ts";
import { watchPlace } from "../painted.ts";
import { answerGrows, ask, check, composer, lastAnswerIs, lastAnswerText, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const model = await ScriptedModel.start();
const paragraphs = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name} paragraph ${at + 1}.`).join("\n\n");
const MATRIX = `$$\\begin{pmatrix}${"a & b \\\\ ".repeat(9)}c & d\\end{pmatrix}$$`;
const DIAGRAM = "```mermaid\ngraph TD\n  A[Question] --> B[Thought] --> C[Answer]\n```";
const GROWING = [paragraphs("First", 6), MATRIX, DIAGRAM, paragraphs("Middle", 60), MATRIX, MATRIX, DIAGRAM, paragraphs("Last", 6)].join(
  "\n\n",
);

/** Whoever reads is left alone: the bar beside the messages frees the view, what grows late moves nothing, and what was stopped stands still. */
export const scenario: Scenario = {
  environment: model.environment,
  scrollbars: true,
  async run({ server, browser, step }) {
    const context = await browser.context({ serviceWorkers: "block" });
    const page = await context.newPage();
    await setUp(page, server.base);
    model.answers.set("growing", { text: GROWING });
    model.answers.set("slowly", { text: paragraphs("Slow", 1_500), step: 25, pauseMs: 30 });

    step("formulas and diagrams that come late move nothing under a reader, whether above or below");
    await ask(page, "growing");
    await lastAnswerIs(page, "done");
    await page.locator(".katex-display").nth(2).waitFor({ state: "attached" });
    let release = await holdBack(page);
    await page.reload();
    await page.getByText("Last paragraph 6.").waitFor();
    await page.mouse.move(640, 300);
    await page.mouse.wheel(0, -100);
    await page.waitForTimeout(200);
    await page.getByText("Middle paragraph 30.").evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
    const reader = await watch(page, "Middle paragraph 30.");
    release();
    await page.locator(".katex-display").nth(2).waitFor({ state: "attached" });
    await page.waitForTimeout(600);
    await reader.stood();

    step("under the pin the end stays in view while what is above it grows");
    await toEnd(page);
    release = await holdBack(page);
    await page.reload();
    await page.getByText("Last paragraph 6.").waitFor();
    await atEnd(page);
    const end = await watch(page, "Last paragraph 6.");
    release();
    await page.locator(".katex-display").nth(2).waitFor({ state: "attached" });
    await page.locator(":not(.diagram-unseen) > iframe.diagram").last().waitFor();
    await page.waitForTimeout(600);
    await atEnd(page);
    await end.stood();

    step("the scroll bar frees the view from an answer that it follows");
    await ask(page, "slowly");
    await follows(page);
    const bar = await page.locator(".thread-scroll").evaluate((view) => {
      const box = view.getBoundingClientRect();
      const width = box.width - view.clientWidth;
      return { x: box.right - width / 2, bottom: box.bottom, height: box.height, width };
    });
    check(bar.width > 0, "there is no scroll bar to drag");
    await page.mouse.move(bar.x, bar.bottom - 16);
    await page.mouse.down();
    await page.mouse.move(bar.x, bar.bottom - bar.height / 3, { steps: 8 });
    await staysAway(page);
    await page.mouse.up();
    await staysAway(page);
    await page.getByRole("button", { name: /Jump to the latest/ }).click();
    await follows(page);
    await page.waitForTimeout(1_000); // the glide is over
    await page.evaluate(() => document.querySelector(".thread-scroll")?.scrollBy(0, -300)); // As find in page or a screen reader does.
    await staysAway(page);

    step("after stop the text stands still, and is what is stored");
    await stopsAt(page, page, "reads on");
    await ask(page, "slowly");
    await answerGrows(page, 400);
    await stopsAt(page, page, "follows");

    step("so it does when another tab stops it");
    const other = await context.newPage();
    await other.goto(page.url());
    await ask(page, "slowly");
    await answerGrows(other, 300);
    await stopsAt(other, page, "is stopped elsewhere");
    check((await lastAnswerText(other)) === (await lastAnswerText(page)), "the tabs show different texts");
    await composer(page).fill("");
    model.close();
  },
};

/** Holds back the code for formulas and diagrams until told otherwise. */
async function holdBack(page: Page): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/assets\/(math|katex)|frame\/mermaid/, async (route) => {
    await released;
    await route.continue().catch(() => undefined);
  });
  return release;
}

/** Notes where a paragraph is painted, frame by frame. */
async function watch(page: Page, text: string): Promise<{ stood: () => Promise<void> }> {
  const at = await page.getByText(text).evaluate((element) => [...document.querySelectorAll(".prose p")].indexOf(element as HTMLElement));
  const places = await watchPlace(page, { all: ".prose p", at });
  return {
    stood: async () => {
      const tops = await places();
      const moved = tops.filter((top) => top === null || Math.abs(top - (tops[0] ?? 0)) > 1);
      check(tops.length > 10, "nothing was seen");
      check(moved.length === 0, `${text} was at ${[...new Set(moved)].slice(0, 6)} instead of ${tops[0]}`);
    },
  };
}

async function toEnd(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Jump to the latest/ }).click();
  await atEnd(page);
  await page.waitForTimeout(1_000); // the glide is over
}

const atEnd = (page: Page) =>
  page.waitForFunction(() => {
    const view = document.querySelector(".thread-scroll");
    return Boolean(view && view.scrollHeight - view.clientHeight - view.scrollTop < 2);
  });

/** Waits until the answer is much longer than the view, and the view is at its end. */
async function follows(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const [view, turn] = [document.querySelector(".thread-scroll"), document.querySelector(".turn-last")];
    return Boolean(
      view && turn && turn.scrollHeight > view.clientHeight + 400 && view.scrollHeight - view.clientHeight - view.scrollTop < 40,
    );
  });
}

const view = (page: Page) =>
  page.evaluate(() => {
    const element = document.querySelector(".thread-scroll");
    return { top: element?.scrollTop ?? 0, height: element?.scrollHeight ?? 0 };
  });

/** The view stands still while the answer below it goes on. */
async function staysAway(page: Page): Promise<void> {
  await page.getByRole("button", { name: /Jump to the latest/ }).waitFor();
  const before = await view(page);
  await page.waitForFunction((height) => (document.querySelector(".thread-scroll")?.scrollHeight ?? 0) > height + 80, before.height);
  const after = await view(page);
  check(Math.abs(after.top - before.top) <= 1, `the view moved from ${before.top} to ${after.top} under the reader`);
}

type Timed = Window & { changes: number[]; pressed: number; longest: number };

/** Stop on one page; on `shown` the text changes no more after a fifth of a second, and a reload shows the same. */
async function stopsAt(stopping: Page, shown: Page, how: string): Promise<void> {
  for (const page of new Set([stopping, shown]))
    await page.evaluate(() => {
      const changes: number[] = [];
      Object.assign(window, { changes, pressed: Number.POSITIVE_INFINITY, longest: 0 });
      let before = "";
      let frame = Date.now();
      const note = () => {
        const own = window as unknown as Timed;
        own.longest = Math.max(own.longest, Date.now() - frame);
        frame = Date.now();
        const last = [...document.querySelectorAll('article[data-role="assistant"]')].at(-1);
        const text = [...(last?.querySelectorAll(".prose") ?? [])].map((part) => part.textContent).join("\n");
        if (text !== before) changes.push(frame);
        before = text;
        if (own.changes === changes) requestAnimationFrame(note);
      };
      note();
      document.addEventListener("click", () => Object.assign(window, { pressed: Date.now() }), { capture: true, once: true });
    });
  await stopping.getByRole("button", { name: "Stop" }).click();
  await lastAnswerIs(shown, "stopped");
  await shown.getByRole("button", { name: "Continue" }).last().waitFor();
  await shown.waitForTimeout(1_000);
  const pressed = await stopping.evaluate(() => (window as unknown as Timed).pressed);
  const late = await shown.evaluate(
    (since) => (window as unknown as Timed).changes.map((at) => at - since).filter((ms) => ms > 0),
    pressed,
  );
  const longest = await shown.evaluate(() => (window as unknown as Timed).longest);
  const text = await lastAnswerText(shown);
  await shown.reload();
  await lastAnswerIs(shown, "stopped");
  await shown.waitForTimeout(200);
  const stored = await lastAnswerText(shown);
  check(stored === text, `${how}: ${text.length} characters were shown, ${stored.length} are stored: ${stored.slice(text.length - 20)}`);
  check(
    late.every((ms) => ms <= 200 + longest),
    `${how}: the text changed ${late} ms after stop, the longest frame took ${longest}`,
  );
}
