import type { Page } from "playwright-core";
import { answers, ask, check, lastAnswerIs, lastAnswerText, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** A tool that writes waits for a person: its arguments are read, refused, allowed after a reload, and its failure is told. */
export const scenario: Scenario = {
  command: "PORTICO_COMMAND_TOOLS",
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);

    step("a call that is not allowed never runs");
    await ask(page, '/tool keep_note {"title":"Groceries","text":"milk"}');
    await question(page).waitFor();
    const details = await page.locator("dl").last().innerText();
    check(details.includes("title") && details.includes("milk"), `the values stand as fields: ${details}`);
    check(!(await answers(page).last().innerText()).includes('{"'), "no JSON is shown first");
    await page.getByRole("button", { name: "Do not allow" }).click();
    await lastAnswerIs(page, "done");
    await page.getByRole("button", { name: /Keep note.*did not allow|Keep note.*Failed/ }).waitFor();

    step("a call waits through a reload and a second tab, and runs once it is allowed");
    await ask(page, '/tool keep_note {"title":"Groceries","text":"bread"}');
    await question(page).waitFor();
    const tab = await context.newPage();
    await tab.goto(page.url());
    await question(tab).waitFor();
    await page.reload();
    await question(page).waitFor();
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await lastAnswerIs(page, "done");
    await lastAnswerIs(tab, "done");
    check((await lastAnswerText(page)).includes('"notes": 1'), "the note was kept once, and the refused one was not");
    await page.getByRole("button", { name: /Keep note.*Done/ }).click();
    check((await page.locator("dl").last().innerText()).includes("kept"), "the result stands as fields");

    step("what fails says so");
    await ask(page, '/tool keep_note {"text":"fail"}');
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    await lastAnswerIs(page, "done");
    await page
      .getByRole("button", { name: /Keep note.*Failed/ })
      .last()
      .click();
    await page.getByText("The notebook is full").first().waitFor();
    await context.close();
  },
};

const question = (page: Page) => page.getByText("May the model run Keep note with these values?");
