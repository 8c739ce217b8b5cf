import type { BrowserContext, Page } from "playwright-core";
import { picture } from "../picture.ts";
import { ask, check, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** A conversation is shared by a link, read by somebody without an account, moved on, and taken back. Under a path prefix. */
export const scenario: Scenario = {
  environment: { PORTICO_BASE_PATH: "/portico" },
  async run({ server, browser, step }) {
    const context = await browser.context();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    await setUp(page, server.base);
    await page.setInputFiles('input[type="file"]', { name: "red.png", mimeType: "image/png", buffer: picture(64) });
    await page.getByRole("list", { name: "To be sent with the message" }).getByText("Ready").waitFor();
    await ask(page, "Show me what you can do");
    await lastAnswerIs(page, "done", 60_000);
    await page.getByRole("navigation").getByText("Show me what you can do").waitFor(); // A link keeps the title of its moment.

    step("a link is made, copied, and its address is the one that is shown");
    await page.getByRole("button", { name: "Share this conversation" }).click();
    const dialog = page.getByRole("dialog", { name: "Share by link" });
    await dialog.getByRole("button", { name: "Make link" }).click();
    const url = await dialog.getByRole("textbox", { name: "Link" }).inputValue();
    check(url.startsWith(`${server.base}/s/`), `the link is ${url}`);
    await page.waitForFunction(async (link) => (await navigator.clipboard.readText()) === link, url);

    step("on a phone the button stands in the top bar; on paper there are the messages alone, with all of their code");
    await page.keyboard.press("Escape");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "Share this conversation" }).click();
    await dialog.getByRole("textbox", { name: "Link" }).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await page.emulateMedia({ media: "print" });
    check(!(await page.locator("#composer").isVisible()), "the composer is printed");
    check(
      (await page
        .locator(".code-frame pre")
        .first()
        .evaluate((pre) => getComputedStyle(pre).whiteSpace)) === "pre-wrap",
      "code is cut",
    );
    const height = await page.evaluate(() => [
      document.documentElement.scrollHeight,
      document.querySelector('[role="log"]')?.clientHeight ?? 0,
    ]);
    check((height[0] ?? 0) >= (height[1] ?? 0), `the print ends with the view: ${height}`);
    await page.emulateMedia({ media: "screen" });
    await page.setViewportSize({ width: 1280, height: 800 });

    step("a stranger reads it: text, formula, diagram and image, with no request to the API but the link's own, and no file of the shell");
    const reader = await browser.context({ locale: "zh-CN", colorScheme: "dark" });
    const read = await reader.newPage();
    const asked = record(reader);
    await read.goto(url);
    await read.getByRole("heading", { level: 1, name: "Show me what you can do" }).waitFor();
    check((await read.locator("html").getAttribute("lang")) === "zh-CN", "the reader's language was not taken");
    await read.locator("img").first().waitFor();
    await read.waitForFunction(() => [...document.images].every((image) => image.naturalWidth > 0));
    await read.locator(".katex").first().waitFor();
    await read.locator(".code-frame .hl-keyword").first().scrollIntoViewIfNeeded();
    await read.locator("main > p").last().scrollIntoViewIfNeeded();
    await read.locator(":not(.diagram-unseen) > iframe.diagram").waitFor();
    await inInk(reader, server.base);
    check(!/\b(?:shared|markdown|code|common|reasoning|tool)\.[a-z]\w+/.test(await read.locator("#root").innerText()), "a text is missing");
    const shell = new Set((await (await context.request.get(server.base)).text()).match(/assets\/shell-[\w-]+\.(?:js|css)/g));
    check(shell.size > 0, "the page names no files");
    check(
      asked.some((path) => path.includes("/assets/share-")),
      `the share page's own script was not loaded: ${asked.join(" ")}`,
    );
    const foreign = asked.filter((path) => [...shell].some((file) => path.endsWith(file)));
    check(foreign.length === 0, `files of the shell were loaded: ${foreign.join(" ")}`);
    check(!asked.some((path) => path.includes("/api/") && !path.includes("/api/shared/")), `the API was asked: ${asked.join(" ")}`);

    step("what is written later is not shown until the link is moved on");
    await page.keyboard.press("Escape");
    await ask(page, "/echo a later secret");
    await lastAnswerIs(page, "done");
    await read.reload();
    await read.locator("article").first().waitFor();
    check((await read.locator("article").count()) === 2, "a later message leaked");
    await openMenuDialog(page);
    await dialog.getByRole("button", { name: "Show what was added" }).click();
    await page.getByText("The link shows the conversation as it is now").waitFor();
    await read.reload();
    await read.locator("article").getByText("a later secret").last().waitFor();

    step("a link that was taken back looks like one that never was");
    await dialog.getByRole("button", { name: "Take back" }).click();
    await dialog.getByRole("button", { name: "Make link" }).waitFor();
    await read.reload();
    await read.getByRole("heading", { name: "此链接已失效" }).waitFor();
    const gone = await read.locator("#root").innerText();
    await read.goto(`${server.base}/s/never-was`);
    await read.getByRole("heading", { name: "此链接已失效" }).waitFor();
    check(gone === (await read.locator("#root").innerText()), "the two pages differ");

    step("all links are listed in the settings; an administrator turns sharing off");
    await dialog.getByRole("button", { name: "Make link" }).click();
    await dialog.getByRole("textbox", { name: "Link" }).waitFor();
    await page.goto(`${server.base}/settings/shares`);
    const second = await page.getByRole("textbox", { name: "Link" }).inputValue();
    await page.getByRole("link", { name: "General" }).click();
    await page.getByLabel("Share links").selectOption("off");
    await page.getByText("Saved").waitFor();
    await read.goto(second);
    await read.getByRole("heading", { name: "此链接已失效" }).waitFor();
    await page.getByRole("link", { name: "Shared links" }).click();
    await page.getByText("turned sharing off").waitFor();
  },
};

/** A diagram that is dark on the screen is light on paper, and as wide as the paper. The frame is opened by itself: a print cannot be looked into. */
async function inInk(context: BrowserContext, base: string): Promise<void> {
  const frame = await context.newPage();
  await frame.goto(`${base}/frame/mermaid`);
  await frame.evaluate(() => {
    const text = "graph LR\n  A[Begin here] --> B[A long name] --> C[Another long name] --> D[And one more] --> E[The last one]";
    window.postMessage({ text, dark: true }, "*", [new MessageChannel().port2]);
  });
  await frame.locator("svg.on-paper").waitFor({ state: "attached" });
  check(!(await frame.locator("svg.on-paper").isVisible()), "the drawing for paper is on the screen");
  await frame.emulateMedia({ media: "print" });
  await frame.setViewportSize({ width: 300, height: 120 });
  await frame.locator("svg.on-paper").waitFor();
  check(!(await frame.locator("svg.on-screen").isVisible()), "the dark drawing is printed");
  const fits = await frame.locator("svg.on-paper").evaluate((drawing) => {
    const { right, bottom } = drawing.getBoundingClientRect();
    return right <= innerWidth && bottom <= innerHeight && getComputedStyle(document.documentElement).colorScheme === "light";
  });
  check(fits, "the drawing on paper is cut off");
  await frame.close();
}

/** The share dialog by the list's menu, as on a phone. */
async function openMenuDialog(page: Page): Promise<void> {
  const item = page.getByRole("navigation").getByRole("listitem").first();
  await item.hover();
  await item.getByRole("button").click();
  await page.getByRole("menuitem", { name: "Share" }).click();
}

function record(context: BrowserContext): string[] {
  const paths: string[] = [];
  context.on("request", (request) => paths.push(new URL(request.url()).pathname));
  return paths;
}
