import type { BrowserContext, CDPSession, Locator, Page } from "playwright-core";
import { ask, check, composer, lastAnswerIs, setUp, signIn } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const list = (page: Page): Locator => page.getByRole("navigation", { name: "Conversations" });
const line = (page: Page, title: string): Locator => list(page).getByRole("link", { name: title, exact: true });
const section = (page: Page, name: string): Locator => list(page).getByRole("region", { name, exact: true });

/** Conversations are sorted into folders, pinned, put away, chosen in numbers, found again; some only pass. By pointer, by keyboard, by finger. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);
    const titles = ["Alpha notes", "Bravo notes", "Charlie notes", "Delta notes", "Echo notes", "Foxtrot notes"];
    for (const [index, title] of titles.entries()) await make(page, title, index);
    await page.reload();

    step("a folder is made, named where it stands, and takes what is dropped on it");
    await fromListMenu(page, "New folder");
    await list(page).getByRole("textbox", { name: "Name of the folder" }).fill("Work");
    await page.keyboard.press("Enter");
    const work = list(page).getByRole("button", { name: "Work", exact: true });
    await line(page, "Alpha notes").dragTo(work);
    await line(page, "Alpha notes").waitFor({ state: "detached" });
    await work.click();
    await line(page, "Alpha notes").waitFor();

    step("the menu moves one too, and pins and unpins");
    await fromMenu(page, "Bravo notes", "Move to folder");
    await page.getByRole("dialog").getByRole("button", { name: "Work" }).click();
    await list(page)
      .locator("li", { has: page.getByRole("button", { name: "Work", exact: true }) })
      .getByRole("link", { name: "Bravo notes" })
      .waitFor();
    await fromMenu(page, "Charlie notes", "Pin");
    await section(page, "Pinned").getByRole("link", { name: "Charlie notes" }).waitFor();
    await page.reload();
    await section(page, "Pinned").getByRole("link", { name: "Charlie notes" }).waitFor();
    await line(page, "Alpha notes").waitFor(); // The folder is still open.

    step("folders are put in order by the pointer and by keys, and stay so");
    await fromListMenu(page, "New folder");
    await list(page).getByRole("textbox", { name: "Name of the folder" }).fill("Home");
    await page.keyboard.press("Enter");
    const home = list(page).getByRole("button", { name: "Home", exact: true });
    await home.dragTo(work);
    await inOrder(page, ["Home", "Work"]);
    await home.focus();
    await page.keyboard.press("Control+Shift+ArrowDown");
    await inOrder(page, ["Work", "Home"]);
    await page.waitForFunction(() => document.activeElement?.textContent?.includes("Home")); // The focus goes along.
    await page.keyboard.press("Control+Shift+ArrowUp");
    await inOrder(page, ["Home", "Work"]);
    await page.waitForTimeout(500);
    await page.reload();
    await inOrder(page, ["Home", "Work"]);

    step("a second tab follows");
    const second = await context.newPage();
    await second.goto(server.base);
    await section(second, "Pinned").getByRole("link", { name: "Charlie notes" }).waitFor();
    await fromMenu(page, "Charlie notes", "Unpin");
    await section(second, "Today").getByRole("link", { name: "Charlie notes" }).waitFor();
    await second.close();

    step("a move is taken back, into the folder and above all others");
    await fromMenu(page, "Charlie notes", "Pin");
    await section(page, "Pinned").getByRole("link", { name: "Charlie notes" }).waitFor();
    await fromMenu(page, "Charlie notes", "Move to folder");
    await page.getByRole("dialog").getByRole("button", { name: "Work" }).click();
    await section(page, "Folders").getByRole("link", { name: "Charlie notes" }).waitFor();
    await undo(page, "“Charlie notes” was moved to “Work”");
    await section(page, "Pinned").getByRole("link", { name: "Charlie notes" }).waitFor();
    await fromMenu(page, "Charlie notes", "Unpin");
    await fromMenu(page, "Bravo notes", "Move to folder");
    await page.getByRole("dialog").getByRole("button", { name: "No folder" }).click();
    await section(page, "Today").getByRole("link", { name: "Bravo notes" }).waitFor();
    await undo(page, "“Bravo notes” was moved to the list");
    await section(page, "Folders").getByRole("link", { name: "Bravo notes" }).waitFor();
    await page.reload();
    await section(page, "Folders").getByRole("link", { name: "Bravo notes" }).waitFor();
    await section(page, "Today").getByRole("link", { name: "Charlie notes" }).waitFor();

    step("the keyboard alone renames, deletes and takes back");
    await line(page, "Delta notes").focus();
    await page.keyboard.press("F2");
    await page.keyboard.type("Delta renamed");
    await page.keyboard.press("Enter");
    await line(page, "Delta renamed").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    check(await focused(page, "Delta renamed"), "the arrows do not lead back");
    await page.keyboard.press("Delete");
    await line(page, "Delta renamed").waitFor({ state: "detached" });
    await undo(page, "“Delta renamed” was deleted");
    await line(page, "Delta renamed").waitFor();

    step("many are chosen, archived together and brought back from the archive");
    await line(page, "Foxtrot notes").click({ modifiers: ["Control"] });
    await list(page)
      .getByRole("checkbox", { name: "Delta renamed" })
      .click({ modifiers: ["Shift"] });
    await list(page).getByText("3 selected").waitFor();
    await list(page).getByRole("checkbox", { name: "Echo notes" }).click();
    await list(page).getByRole("toolbar").getByRole("button", { name: "Archive" }).click();
    await line(page, "Foxtrot notes").waitFor({ state: "detached" });
    await line(page, "Echo notes").waitFor();
    await fromListMenu(page, "Archive");
    await page.getByRole("button", { name: "Restore Foxtrot notes" }).click();
    await line(page, "Foxtrot notes").waitFor();
    await page.getByRole("button", { name: "Restore Delta renamed" }).click();
    await page.getByText("Nothing is archived").waitFor();

    step("Escape ends choosing, and many deleted ones come back together");
    await fromListMenu(page, "Select conversations");
    await list(page).getByRole("button", { name: "Select all" }).click();
    await list(page).getByText("6 selected").waitFor();
    await page.keyboard.press("Escape");
    await line(page, "Echo notes").waitFor();
    await line(page, "Echo notes").click({ modifiers: ["Control"] });
    await list(page).getByRole("checkbox", { name: "Foxtrot notes" }).click();
    await list(page).getByRole("toolbar").getByRole("button", { name: "Delete" }).click();
    await line(page, "Echo notes").waitFor({ state: "detached" });
    await undo(page, "2 conversations were deleted");
    await line(page, "Echo notes").waitFor();
    await line(page, "Foxtrot notes").waitFor();

    step("search leads to titles and messages by the arrow keys");
    await page.locator("#search").fill("notes");
    await list(page).getByRole("region", { name: "Titles" }).getByRole("link").first().waitFor();
    await page.keyboard.press("ArrowDown");
    check(await page.evaluate(() => document.activeElement?.hasAttribute("data-hit")), "the arrow does not lead into the results");
    await page.keyboard.press("ArrowUp");
    check(await page.evaluate(() => document.activeElement?.id === "search"), "the arrow does not lead back to the field");
    await page.locator("#search").fill("nowhere at all");
    await list(page).getByText("Nothing found for “nowhere at all”").waitFor();
    await page.keyboard.press("Escape");

    step("an answer that ends out of sight leaves a dot, over a reload, until it is looked at");
    await page.goto(server.base);
    await ask(page, "/words 40 rate 20");
    await line(page, "Echo notes").click();
    await list(page).getByRole("img", { name: "Answer under way" }).waitFor();
    await list(page).getByRole("img", { name: "New answer" }).waitFor();
    await page.reload();
    const dot = list(page).getByRole("img", { name: "New answer" });
    await dot.waitFor();
    await list(page)
      .locator("a", { has: page.getByRole("img", { name: "New answer" }) })
      .click();
    await dot.waitFor({ state: "detached" });
    await page.reload();
    await line(page, "Echo notes").waitFor();
    check((await dot.count()) === 0, "the dot is back");

    step("a temporary conversation is in no list, survives a reload by its address, and can be kept");
    await page.goto(server.base);
    await page.getByRole("button", { name: "Temporary" }).click();
    await page.getByText("erased a day after its last use").first().waitFor();
    const before = await list(page).locator("[data-conversation]").count();
    await ask(page, "/echo between us");
    await lastAnswerIs(page, "done");
    await page.reload();
    await page.getByText("between us").last().waitFor();
    check((await list(page).locator("[data-conversation]").count()) === before, "the temporary conversation is listed");
    check((await page.title()) === "New conversation", `the tab of a conversation without a title is called ${await page.title()}`);
    await page.getByRole("button", { name: "Save this conversation" }).click();
    await section(page, "Today").locator('a[aria-current="page"]').waitFor();

    step("the edge of the sidebar moves by keys and by the pointer, and stays");
    const edge = page.getByRole("separator", { name: "Width of the sidebar" });
    await edge.focus();
    await page.keyboard.press("ArrowRight");
    check((await list(page).boundingBox())?.width === 276, "the key does not move the edge");
    await edge.hover();
    await page.mouse.down();
    await page.mouse.move(340, 300, { steps: 4 });
    await page.mouse.up();
    await page.reload();
    const width = (await list(page).boundingBox())?.width ?? 0;
    check(Math.abs(width - 340) < 3, `the edge is at ${width}`);

    step("on a phone the list is a sheet that a finger opens, holds and closes");
    await phone(await browser.context({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true }), server.base);
  },
};

/** A conversation with a title, straight through the API: what is tested here is what becomes of it. */
async function make(page: Page, title: string, age: number): Promise<void> {
  await page.evaluate(
    async ([name, time]) => {
      const hex = (value: number, digits: number) => value.toString(16).padStart(digits, "0");
      const stamp = hex(Date.now(), 12);
      const id = `${stamp.slice(0, 8)}-${stamp.slice(8)}-7${hex(time, 3)}-8000-${hex(Math.floor(Math.random() * 2 ** 40), 12)}`;
      const body = JSON.stringify({ title: name });
      const made = await fetch(`/api/conversations/${id}`, { method: "PUT", body, headers: { "Content-Type": "application/json" } });
      if (!made.ok) throw new Error(await made.text());
    },
    [title, age] as const,
  );
}

async function fromMenu(page: Page, title: string, action: string): Promise<void> {
  await line(page, title).hover();
  await list(page)
    .getByRole("button", { name: `More about ${title}` })
    .click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function fromListMenu(page: Page, action: string): Promise<void> {
  await list(page).getByRole("button", { name: "Organise conversations" }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

async function inOrder(page: Page, names: string[]): Promise<void> {
  await page.waitForFunction((wanted) => {
    const rows = [...document.querySelectorAll('section[aria-label="Folders"] > ul > li > .list-row .row-link')];
    return rows.map((row) => row.textContent?.trim()).join() === wanted.join();
  }, names);
}

async function undo(page: Page, what: string): Promise<void> {
  await page.locator("div", { hasText: what }).last().getByRole("button", { name: "Undo" }).click();
}

function focused(page: Page, title: string): Promise<boolean> {
  return line(page, title).evaluate((element) => element === document.activeElement);
}

async function phone(context: BrowserContext, base: string): Promise<void> {
  const page = await context.newPage();
  await signIn(page, base);
  await composer(page).waitFor();
  const finger = await context.newCDPSession(page);
  await page.waitForTimeout(500); // What a finger can do comes with a chunk of its own.
  await drag(finger, [4, 400], [300, 405]);
  await line(page, "Echo notes").waitFor();
  check(await page.evaluate(() => document.getElementById("main")?.inert), "the page behind the sheet can still be reached");
  for (const target of await list(page).locator("a, [data-row], [data-more], input").all()) {
    const box = await target.boundingBox();
    check(
      !box || box.height >= 44,
      `a target is ${box?.height} px high: ${await target.evaluate((element) => element.outerHTML.slice(0, 120))}`,
    );
  }
  const box = await line(page, "Echo notes").boundingBox();
  if (!box) throw new Error("the line is not shown");
  await touch(finger, "touchStart", [box.x + 40, box.y + 20]);
  await page.getByRole("menuitem", { name: "Pin" }).waitFor();
  await touch(finger, "touchEnd");
  await page.getByRole("menuitem", { name: "Pin" }).tap();
  await section(page, "Pinned").getByRole("link", { name: "Echo notes" }).waitFor();
  await drag(finger, [280, 500], [20, 505]);
  await line(page, "Echo notes").waitFor({ state: "hidden" });
}

async function drag(finger: CDPSession, from: [number, number], to: [number, number]): Promise<void> {
  await touch(finger, "touchStart", from);
  for (let at = 1; at <= 6; at += 1)
    await touch(finger, "touchMove", [from[0] + ((to[0] - from[0]) * at) / 6, from[1] + ((to[1] - from[1]) * at) / 6]);
  await touch(finger, "touchEnd");
}

async function touch(finger: CDPSession, type: "touchStart" | "touchMove" | "touchEnd", at?: [number, number]): Promise<void> {
  await finger.send("Input.dispatchTouchEvent", { type, touchPoints: at ? [{ x: at[0], y: at[1] }] : [] });
}
