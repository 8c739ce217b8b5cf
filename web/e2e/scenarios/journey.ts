import { answerGrows, answers, ask, check, chooseModel, composer, lastAnswerIs, lastAnswerText, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const SLOWLY = "/words 900 rate 30";

/** The main job from the first start on: set up, chat, stop, answer again, edit, step between versions, reload in the middle. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    step("set-up makes the administrator and leads to the home page");
    await setUp(page, server.base);

    step("a message is answered, and the conversation gets a title");
    await ask(page, "Show me what you can do");
    await page.waitForURL(/\/c\//);
    await lastAnswerIs(page, "done", 60_000);
    check(await answers(page).last().locator(".katex").count(), "the formula is not drawn");
    check(await answers(page).last().locator("table").count(), "the table is not drawn");
    await page.locator(":not(.diagram-unseen) > iframe.diagram").waitFor();
    await page.getByRole("navigation").getByText("Show me what you can do").waitFor();

    step("stop freezes the text at once and keeps it");
    await ask(page, SLOWLY);
    await answerGrows(page, 20);
    await page.getByRole("button", { name: "Stop" }).click();
    await lastAnswerIs(page, "stopped");
    const shown = await lastAnswerText(page);
    await page.waitForTimeout(750); // the words that were on their way when the stop came are stored, and so are shown in the end
    const stopped = await lastAnswerText(page);
    check(stopped.startsWith(shown) && stopped.length - shown.length <= 60, `text was added after stop: ${shown} became ${stopped}`);
    await page.waitForTimeout(1_000);
    check((await lastAnswerText(page)) === stopped, "text was added long after stop");
    await page.getByText("You stopped this answer.").waitFor();

    step("a reload shows the same stopped answer");
    await page.reload();
    await lastAnswerIs(page, "stopped");
    check((await lastAnswerText(page)) === stopped, "the stored text is not what was shown");

    step("continue goes on from there");
    await page.getByRole("button", { name: "Continue" }).click();
    await answerGrows(page, stopped.length + 10);
    check((await lastAnswerText(page)).startsWith(stopped), "the continued answer does not begin with what there was");
    await page.keyboard.press("Escape");
    await lastAnswerIs(page, "stopped");

    step("answering again with another model makes a second version, and the arrows step between them");
    await answers(page).last().getByRole("button", { name: "Answer again" }).click();
    await page.getByRole("menuitem", { name: /^Demo: asks a tool/ }).click();
    await lastAnswerIs(page, "done");
    await answers(page)
      .last()
      .getByRole("button", { name: /Current time/ })
      .waitFor();
    const versions = await answers(page).last().getByTestId("branch").innerText();
    check(/^3 \/ 3$/.test(versions), `versions are ${versions}`);
    await answers(page).last().getByRole("button", { name: "Previous version" }).click();
    await answers(page).last().getByText("2 / 3").waitFor();
    await page.reload();
    await answers(page).last().getByText("2 / 3").waitFor();

    step("an edited question keeps the old one beside it");
    await questions(page).last().hover();
    await questions(page).last().getByRole("button", { name: "Edit message" }).click();
    await chooseModel(page, "Demo: a tour");
    await page.getByRole("textbox", { name: "Edit message" }).fill("/echo Edited question");
    await page.getByRole("textbox", { name: "Edit message" }).press("Enter");
    await lastAnswerIs(page, "done");
    await answers(page).last().getByText("Edited question").waitFor();
    await questions(page).last().getByText("2 / 2").waitFor();

    step("a reload in the middle of an answer goes on without a gap");
    const another = "/words 800 rate 30";
    await ask(page, another);
    await answerGrows(page, 15);
    const before = await lastAnswerText(page);
    await page.reload();
    await questions(page).last().getByText(another).waitFor(); // First stands what the device had kept.
    await answerGrows(page, before.length + 15);
    const words = (await lastAnswerText(page)).split(/\s+/);
    check(
      words.every((word, at) => word === `w${at}` || (at === words.length - 1 && `w${at}`.startsWith(word))),
      `the text after the reload is another one: ${words.join(" ")} instead of ${before}`,
    );
    await page.getByRole("button", { name: "Stop" }).click();
    await lastAnswerIs(page, "stopped");

    step("a failed answer says who failed and offers a way on");
    await ask(page, "/fail provider_auth");
    await lastAnswerIs(page, "failed");
    await answers(page)
      .last()
      .getByRole("alert")
      .getByRole("button", { name: /Try again/ })
      .waitFor();

    step("a draft survives a reload; Enter inside a composition does not send");
    await composer(page).fill("half a thought");
    await page.reload();
    await lastAnswerIs(page, "failed");
    check((await composer(page).inputValue()) === "half a thought", "the draft is lost");
    const count = await questions(page).count();
    await composer(page).evaluate((element) => {
      element.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true }));
    });
    await page.waitForTimeout(200);
    check((await questions(page).count()) === count, "a composition was sent");

    step("a conversation is renamed in place, found, deleted and taken back");
    const list = page.getByRole("navigation", { name: "Conversations" });
    await list.getByRole("link", { name: "Show me what you can do" }).hover();
    await list
      .getByRole("button", { name: /More about/ })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Rename" }).click();
    await list.getByRole("textbox", { name: "Title" }).fill("二分查找 notes");
    await list.getByRole("textbox", { name: "Title" }).press("Enter");
    await list.getByRole("searchbox").fill("查找");
    await list.getByRole("region", { name: "Search results" }).getByText("二分查找 notes").first().waitFor();
    await list.getByRole("button", { name: "Clear search" }).click();
    await list.getByRole("link", { name: "二分查找 notes" }).hover();
    await list
      .getByRole("button", { name: /More about/ })
      .first()
      .click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await list.getByRole("link", { name: "二分查找 notes" }).waitFor();
  },
};
