/** `make bench-page`: what a streaming answer costs the page, beside its budgets. Times are printed and never fail. */
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { TestBrowser } from "./browser.ts";
import { figuresOf, prepareSampler, sampled } from "./sampler.ts";
import { Server } from "./server.ts";
import { answerGrows, chooseModel, composer, lastAnswerIs, setUp } from "./steps.ts";
import { lastChange, untilShown } from "./stopwatch.ts";

type Row = [figure: string, value: string, budget: string];

const TOKENS = 2_000;
const RATE = 200;
const KILOBYTES = 50;
const TURNS = 5;
const SELDOM_MS = 500; // to look for the end of an answer costs the page time, which would be counted as its own

const server = await Server.start();
const browser = await TestBrowser.open();
try {
  const context = await browser.context();
  await prepareSampler(context);
  await watchLongTasks(context);
  const page = await context.newPage();
  await setUp(page, server.base);
  await page.close();
  print(`${TOKENS.toLocaleString("en")} tokens at ${RATE} a second under 300 messages`, await streaming(context, server.seed(300)));
  print("A person's steps, the median of five each", await steps(context, server.seed(300), server.seed(280)));
  print("A conversation of 5,000 messages", await reading(context, server.seed(5_000)));
  print(`An answer of ${KILOBYTES} kB`, await bigAnswer(context));
} finally {
  await browser.close();
  await server.stop();
}
if (browser.complaints.length) console.log(browser.complaints.join("\n"));

function print(title: string, rows: Row[]): void {
  console.log(`\n${title}\n\n| | Measured | Budget |\n| --- | ---: | ---: |`);
  for (const row of rows) console.log(`| ${row.join(" | ")} |`);
}

async function streaming(context: BrowserContext, conversation: string): Promise<Row[]> {
  const { page, cost } = await open(context, conversation);
  const before = await cost();
  await page.evaluate(() => window.tasks.splice(0));
  const begun = await page.evaluate(() => performance.now());
  await answered(page, `/words ${TOKENS} rate ${RATE}`, `w${TOKENS - 1}`);
  const after = await cost();
  const long = await page.evaluate(() => window.tasks);
  const late = long.filter((task) => task.start > begun + 1_000);
  // A second time to be looked at in each frame, which costs processor time itself.
  const recording = await sampled(page, () => answered(page, `/words ${TOKENS} rate ${RATE} seed 2`, `w${TOKENS - 1}s2`));
  const figures = figuresOf(recording);
  await page.close();
  return [
    ["script, ms of processor time", ms(after.script - before.script), "600"],
    ["script a frame that changed, ms", (((after.script - before.script) * 1_000) / (after.layouts - before.layouts)).toFixed(2), ""],
    ["all tasks of the page, ms", ms(after.task - before.task), ""],
    ["style and layout, ms", ms(after.style + after.layout - before.style - before.layout), ""],
    ["long tasks (over 50 ms), count", String(long.length), ""],
    ["longest after the first second, ms", ms(Math.max(0, ...late.map((task) => task.duration)) / 1_000), "100"],
    ["layout shift", figures.shift.toFixed(4), "0.01"],
    ["most characters in a frame of 17 ms", figures.jump.toFixed(0), "40"],
    ["furthest behind the network, ms", figures.lag.toFixed(0), "300"],
    [
      "frames a second",
      ((recording.frames.length / ((recording.frames.at(-1)?.time ?? 0) - (recording.frames[0]?.time ?? 0))) * 1_000).toFixed(0),
      "60",
    ],
    ["heap before and after, MB", `${mb(before.heap)} → ${mb(after.heap)}`, ""],
  ];
}

/** From what a person does to the frame that shows it. `one` and `other` are conversations that end differently. */
async function steps(context: BrowserContext, one: string, other: string): Promise<Row[]> {
  const { page } = await open(context, one);
  const [sent, stopped, switched]: number[][] = [[], [], []];
  for (let turn = 0; turn < TURNS; turn += 1) {
    await write(page, `/words 900 rate 100 seed ${turn}`);
    sent?.push(await untilShown(page, "keydown", `seed ${turn}`, () => composer(page).press("Enter")));
    await answerGrows(page, 300);
    stopped?.push(await lastChange(page, "click", () => page.getByRole("button", { name: "Stop" }).click()));
    await lastAnswerIs(page, "stopped");
  }
  const visit = (conversation: string, shown: string) =>
    untilShown(page, "click", shown, () => page.locator(`a[href$="${conversation}"]`).click());
  await visit(other, "Answer 279.");
  for (let turn = 0; turn < TURNS; turn += 1) {
    await visit(one, `seed ${TURNS - 1}`);
    await page.waitForTimeout(SELDOM_MS);
    switched?.push(await visit(other, "Answer 279."));
    await page.waitForTimeout(SELDOM_MS);
  }
  await page.close();
  return [
    ["a message is sent until it stands in the conversation, ms", median(sent), "50"],
    ["stop is pressed until the text last changes, ms", median(stopped), "200"],
    ["another conversation, which was open before, is shown, ms", median(switched), "100"],
  ];
}

async function reading(context: BrowserContext, conversation: string): Promise<Row[]> {
  const began = performance.now();
  const { page, cost } = await open(context, conversation);
  const opened = performance.now() - began;
  const before = await cost();
  const scrolled = await page.evaluate(
    () =>
      new Promise<{ frames: number; worst: number; least: number }>((resolve) => {
        const view = document.querySelector(".thread-scroll");
        const times: number[] = [];
        const step = (time: number) => {
          times.push(time);
          view?.scrollBy(0, -160);
          if (times.length < 600) return requestAnimationFrame(step);
          const gaps = times.slice(1).map((value, index) => value - (times[index] ?? 0));
          resolve({
            frames: (times.length / ((times.at(-1) ?? 0) - (times[0] ?? 0))) * 1_000,
            worst: Math.max(...gaps),
            least: document.querySelectorAll("[data-message]").length,
          });
        };
        requestAnimationFrame(step);
      }),
  );
  const after = await cost();
  await page.close();
  return [
    ["page opened until its end is shown, ms", opened.toFixed(0), ""],
    ["frames a second while 600 frames scroll up by 160 px each", scrolled.frames.toFixed(0), "60"],
    ["longest frame, ms", scrolled.worst.toFixed(0), ""],
    ["messages in the document afterwards", String(scrolled.least), "300"],
    ["heap before and after, MB", `${mb(before.heap)} → ${mb(after.heap)}`, ""],
  ];
}

/** A text of many blocks, which the demo model says back token by token: what the Markdown of the last block costs in each frame. */
async function bigAnswer(context: BrowserContext): Promise<Row[]> {
  const paragraph = "A **bold** word, `code`, a [link](https://example.org) and *more* of the same text to read. ".repeat(4);
  const block = `## Heading\n\n${paragraph}\n\n- one\n- two\n\n\`\`\`python\nx = [n * n for n in range(10)]\n\`\`\`\n\n| a | b |\n| - | - |\n| 1 | 2 |\n\n`;
  const text = block.repeat(Math.ceil((KILOBYTES * 1_000) / block.length));
  const { page, cost } = await open(context, null);
  const before = await cost();
  await page.evaluate(() => window.tasks.splice(0));
  await page.evaluate(async () => {
    const { items } = (await (await fetch("api/providers")).json()) as { items: { id: string }[] };
    const headers = { "Content-Type": "application/json" };
    await fetch(`api/providers/${items[0]?.id}/models/demo-echo`, { method: "PUT", headers, body: JSON.stringify({ enabled: true }) });
  });
  await page.reload();
  await chooseModel(page, "Demo: echo");
  await answered(page, `${text}END\n/rate 400`, "END", 120_000);
  const after = await cost();
  const frames = after.layouts - before.layouts;
  const long = await page.evaluate(() => window.tasks);
  await page.close();
  return [
    ["script a frame that changed, ms", (((after.script - before.script) * 1_000) / frames).toFixed(2), "8"],
    ["all tasks a frame that changed, ms", (((after.task - before.task) * 1_000) / frames).toFixed(2), ""],
    ["longest task, ms", Math.max(0, ...long.map((task) => task.duration)).toFixed(0), "100"],
    ["heap before and after, MB", `${mb(before.heap)} → ${mb(after.heap)}`, ""],
  ];
}

async function answered(page: Page, question: string, end: string, timeout = 60_000): Promise<void> {
  await write(page, question);
  await composer(page).press("Enter");
  await page.waitForFunction(
    (text) => [...document.querySelectorAll('article[data-role="assistant"]')].at(-1)?.textContent?.includes(text),
    end,
    { timeout, polling: SELDOM_MS },
  );
  await lastAnswerIs(page, "done", timeout);
}

/** As a draft comes back. Typed by Playwright's `fill`, 50 kB of lines hold up any text field of Chromium for seconds, in its own editing code. */
async function write(page: Page, text: string): Promise<void> {
  await composer(page).focus();
  await composer(page).evaluate((field, value) => {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }, text);
}

type Cost = { script: number; task: number; layout: number; layouts: number; style: number; heap: number };

async function open(context: BrowserContext, conversation: string | null): Promise<{ page: Page; cost: () => Promise<Cost> }> {
  const page = await context.newPage();
  await page.goto(conversation ? `${server.base}/c/${conversation}` : server.base);
  if (conversation) await page.locator("article").last().waitFor();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  if (conversation) await page.waitForTimeout(1_000);
  return { page, cost: () => costOf(session) };
}

/** The page's own counters, in seconds of its main thread's processor time and in bytes, after a collection of garbage. */
async function costOf(session: CDPSession): Promise<Cost> {
  await session.send("HeapProfiler.collectGarbage");
  const { metrics } = await session.send("Performance.getMetrics");
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
  return {
    script: of("ScriptDuration"),
    task: of("TaskDuration"),
    layout: of("LayoutDuration"),
    layouts: of("LayoutCount"),
    style: of("RecalcStyleDuration"),
    heap: of("JSHeapUsedSize"),
  };
}

async function watchLongTasks(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    window.tasks = [];
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.tasks.push({ start: entry.startTime, duration: entry.duration });
    }).observe({ type: "longtask" });
  });
}

declare global {
  interface Window {
    tasks: { start: number; duration: number }[];
  }
}

function median(times: number[] = []): string {
  return (times.sort((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN).toFixed(0);
}

function ms(seconds: number): string {
  return (seconds * 1_000).toFixed(0);
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
