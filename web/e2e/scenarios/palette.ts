import type { Locator, Page } from "playwright-core";
import { answers, ask, check, composer, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const palette = (page: Page): Locator => page.getByRole("dialog", { name: "Search and commands" });
const active = (page: Page): Locator => page.getByRole("option", { selected: true });

/** Everything by keyboard: the palette with its states, the sheet of keys, steps from message to message, copying, deleting and taking it back. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    await setUp(page, server.base);
    await begin(page, "/echo 二分查找 and its friends");
    await begin(page, "the owl flies at night\n/tour\n/rate 2000");

    step("the palette finds a title by a Chinese part of it, opens it, and the field has the focus");
    await page.keyboard.press("Control+K");
    await palette(page).getByRole("group", { name: "Conversations" }).waitFor();
    await page.keyboard.type("分查");
    await active(page).getByText("二分查找").first().waitFor();
    await page.keyboard.press("Enter");
    await answers(page).getByText("二分查找").waitFor();
    await focusIn(page, "composer");

    step("it finds what was said, says when it cannot, and begins a conversation with what nobody said");
    await open(page, "flies night");
    await palette(page).getByRole("group", { name: "In messages" }).getByText("owl").first().waitFor();
    await page.keyboard.press("Escape");
    await page.route("**/api/search?*", (route) => route.fulfill({ status: 400, json: { code: "invalid_request", detail: "no" } }));
    await open(page, "flies high");
    await palette(page).getByText("could not be searched").waitFor();
    await page.unrouteAll();
    await palette(page).getByRole("button", { name: "Try again" }).click();
    await palette(page).getByText("could not be searched").waitFor({ state: "detached" });
    await palette(page).getByRole("combobox").fill("zebra zoology");
    await palette(page).getByText("Nothing found for").waitFor();
    await palette(page).getByRole("combobox").press("Enter");
    await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#composer")?.value === "zebra zoology");
    await focusIn(page, "composer");
    await composer(page).fill("");

    step("it chooses a model, a theme and a language, and opens settings");
    await run(page, "demo slow");
    await page.waitForFunction(() => document.querySelector("#model-picker")?.textContent?.includes("slow"));
    await run(page, "theme dark");
    await page.waitForFunction(() => document.documentElement.dataset.theme === "dark");
    await run(page, "简体");
    await page.getByRole("textbox", { name: "消息" }).waitFor();
    await open(page, "english");
    await page.keyboard.press("Enter");
    await composer(page).waitFor();
    await run(page, "providers");
    await page.waitForURL(/settings\/providers/);

    step("the sheet shows the keys; a question mark in a text stays one");
    await page.locator("main").focus();
    await page.keyboard.press("?");
    const sheet = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await sheet.getByText("Copy the last code block").waitFor();
    await page.keyboard.press("Escape");
    await sheet.waitFor({ state: "detached" });
    await page.keyboard.press("Control+Shift+O");
    await focusIn(page, "composer");
    await page.keyboard.type("why? jk");
    check((await composer(page).inputValue()) === "why? jk", "a letter did something else in the field");
    await composer(page).fill("");

    await inConversation(page);
  },
};

/** Steps, copies, deletes and takes it back, in the conversation about owls. */
async function inConversation(page: Page): Promise<void> {
  console.log("- steps from message to message, copies of the answer and of its code");
  await run(page, "owl");
  await answers(page).locator("table").waitFor();
  await page.locator("main").focus();
  for (const [key, role] of [
    ["j", "assistant"], // the one in view
    ["k", "user"],
    ["j", "assistant"],
    ["Alt+ArrowUp", "user"],
  ] as const) {
    await page.keyboard.press(key);
    await page.waitForFunction((wanted) => document.activeElement?.getAttribute("data-role") === wanted, role);
  }
  await page.keyboard.press("Control+Shift+;");
  await copied(page, /^flowchart/);
  await page.keyboard.press("Control+Shift+C");
  await copied(page, /```/);

  console.log("- the conversation in view is renamed and pinned, and a temporary one begun");
  await run(page, "rename", false);
  await page.getByRole("dialog", { name: "Rename" }).getByLabel("Title").fill("Of owls");
  await page.keyboard.press("Enter");
  const list = page.getByRole("navigation", { name: "Conversations" });
  await list.getByRole("link", { name: "Of owls" }).waitFor();
  await run(page, "pin");
  await list.getByRole("region", { name: "Pinned" }).getByRole("link", { name: "Of owls" }).waitFor();
  await run(page, "temporary");
  await page.getByRole("button", { name: "Temporary", pressed: true }).waitFor();
  await run(page, "of owls");
  await answers(page).locator("table").waitFor();

  console.log("- the sidebar folds; a conversation is deleted and taken back, all by keyboard");
  await page.keyboard.press("Control+B");
  await page.getByRole("navigation", { name: "Conversations" }).waitFor({ state: "hidden" });
  await page.keyboard.press("Control+B");
  const listed = page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: "Of owls" });
  await listed.waitFor();
  await page.keyboard.press("Control+Shift+Backspace");
  await listed.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await page.keyboard.press("F6");
  await page.keyboard.press("Enter");
  await listed.waitFor();
}

async function begin(page: Page, text: string): Promise<void> {
  await page.keyboard.press("Control+Shift+O");
  await page.waitForURL((url) => !url.pathname.includes("/c/"));
  await ask(page, text);
  await lastAnswerIs(page, "done");
}

async function open(page: Page, query: string): Promise<void> {
  await page.keyboard.press("Control+K");
  await page.getByRole("dialog").getByRole("combobox").fill(query);
}

/** Opens the palette and takes the first thing that it finds. */
async function run(page: Page, query: string, closes = true): Promise<void> {
  await open(page, query);
  await active(page).waitFor();
  await page.keyboard.press("Enter");
  if (closes) await page.getByRole("dialog").waitFor({ state: "detached" });
}

async function focusIn(page: Page, id: string): Promise<void> {
  await page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);
}

async function copied(page: Page, shape: RegExp): Promise<void> {
  await page.waitForFunction(async (source) => new RegExp(source).test(await navigator.clipboard.readText()), shape.source);
}
