import type { Locator, Page } from "playwright-core";
import { ScriptedModel } from "../model.ts";
import { watchPlace } from "../painted.ts";
import { answers, ask, check, composer, lastAnswerIs, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const model = await ScriptedModel.start();
const paragraphs = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name} paragraph ${at + 1}.`).join("\n\n");

/** Stepping between the versions of a message leaves the eye and the focus where they are, and a reload shows what was chosen. */
export const scenario: Scenario = {
  environment: model.environment,
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);
    model.answers.set("begin", { text: paragraphs("First", 40) });
    await ask(page, "begin");
    await lastAnswerIs(page, "done");
    model.answers.set("tell", { text: paragraphs("Short", 4) });
    await ask(page, "tell");
    await lastAnswerIs(page, "done");
    await answerAgain(page, 2, `${paragraphs("Middle", 30)}\n\n$$\\int_0^1 x^2 dx$$\n\n${paragraphs("After", 3)}`);
    await answerAgain(page, 3, paragraphs("Long", 90));
    model.answers.set("on", { text: paragraphs("More", 50) });
    await ask(page, "on");
    await lastAnswerIs(page, "done");

    step("the arrows of an answer in the middle stay under the pointer, however long the other version and what follows it are");
    const arrows = branch(answers(page).nth(1));
    const previous = arrows.getByRole("button", { name: "Previous version" });
    await inTheMiddle(previous);
    await keeps(page, arrows, () => previous.click(), "2 / 3");
    check((await questions(page).count()) === 2, "the other version has something below it");
    await keeps(page, arrows, () => page.keyboard.press("Enter"), "1 / 3");
    await focused(page, "Previous version"); // It leads no further, and yet the focus is not lost.
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await keeps(page, arrows, () => page.keyboard.press("Space"), "2 / 3");
    await focused(page, "Next version");
    await keeps(page, arrows, () => page.keyboard.press("Space"), "3 / 3");
    await focused(page, "Next version");
    check((await questions(page).count()) === 3, "what followed the last version is gone");

    step("so do those of the last answer, where the view follows the end");
    await page.getByRole("button", { name: /Jump to the latest/ }).click();
    const last = branch(answers(page).last());
    await answerAgain(page, 2, paragraphs("Much more", 80), "on");
    await inTheMiddle(last.getByRole("button", { name: "Previous version" }));
    await keeps(page, last, () => last.getByRole("button", { name: "Previous version" }).click(), "1 / 2");
    await keeps(page, last, () => last.getByRole("button", { name: "Next version" }).click(), "2 / 2");

    step("a reload shows the branch that was chosen, another tab follows");
    await inTheMiddle(previous);
    await keeps(page, arrows, () => previous.click(), "2 / 3");
    const other = await context.newPage();
    await other.goto(page.url());
    await branch(answers(other).nth(1)).getByText("2 / 3").waitFor();
    await page.reload();
    await branch(answers(page).nth(1)).getByText("2 / 3").waitFor();
    check((await questions(page).count()) === 2, "the reload shows another branch");
    await branch(answers(page).nth(1)).getByRole("button", { name: "Previous version" }).click();
    await branch(answers(other).nth(1)).getByText("1 / 3").waitFor();
    await other.close();

    step("so do those of a question, and what is sent goes on from the version in view");
    model.answers.set("edited", { text: paragraphs("Edited", 12) });
    model.answers.set("further", { text: "goes on here" });
    const first = page.getByRole("article", { name: "Your message" }).first();
    await first.hover();
    await first.getByRole("button", { name: "Edit message" }).click();
    await page.getByRole("textbox", { name: "Edit message" }).fill("edited");
    await page.getByRole("button", { name: "Send" }).first().click();
    await branch(questions(page).first()).getByText("2 / 2").waitFor();
    await lastAnswerIs(page, "done");
    const own = branch(questions(page).first());
    await inTheMiddle(own);
    await keeps(page, own, () => own.getByRole("button", { name: "Previous version" }).click(), "1 / 2");
    await focused(page, "Previous version");
    const before = await questions(page).count();
    await composer(page).fill("further");
    await composer(page).press("Enter");
    await answers(page).last().getByText("goes on here").waitFor();
    await standsOnTop(page);
    check((await questions(page).count()) === before + 1, "the message does not follow the version in view");
    model.close();
  },
};

const branch = (message: Locator) => message.locator(".message-actions");

async function answerAgain(page: Page, versions: number, text: string, question = "tell"): Promise<void> {
  model.answers.set(question, { text });
  await answers(page).last().getByRole("button", { name: "Answer again" }).click();
  await page.getByRole("menuitem").first().click();
  await branch(answers(page).last()).getByText(`${versions} / ${versions}`).waitFor();
  await lastAnswerIs(page, "done");
}

/** After `move` the arrows say `position`, and they were never painted anywhere else than before. */
async function keeps(page: Page, arrows: Locator, move: () => Promise<unknown>, position: string): Promise<void> {
  const label = arrows.getByTestId("branch");
  const before = (await label.boundingBox())?.y ?? -1;
  const at = await label.evaluate((element) =>
    [...document.querySelectorAll("article")].indexOf(element.closest("article") as HTMLElement),
  );
  const places = await watchPlace(page, { all: "article", at, inside: "[data-testid=branch]" });
  await move();
  await arrows.getByText(position).waitFor();
  await page.waitForTimeout(300);
  const tops = await places();
  const moved = tops.filter((top) => top === null || Math.abs(top - before) > 1);
  check(tops.length > 5, "nothing was seen");
  check(moved.length === 0, `on the way to ${position} the arrows were at ${moved.slice(0, 8)} instead of ${before}`);
}

/** A question that was just sent has the room for it, and no more. */
async function standsOnTop(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const last = [...document.querySelectorAll('article[data-role="user"]')].at(-1)?.getBoundingClientRect().top ?? -1;
    const top = document.querySelector(".thread-scroll")?.getBoundingClientRect().top ?? 0;
    return last >= top && last - top < 60;
  });
}

/** Brings it there as a person does, which ends all following of the end. */
async function inTheMiddle(place: Locator): Promise<void> {
  await place.page().mouse.move(640, 300);
  await place.page().mouse.wheel(0, -100);
  await place.page().waitForTimeout(200);
  await place.evaluate((element) => element.scrollIntoView({ block: "center", behavior: "instant" }));
  await place.page().waitForTimeout(300);
}

async function focused(page: Page, name: string): Promise<void> {
  const found = await page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
  check(found === name, `the focus is on ${found}, not on ${name}`);
}
