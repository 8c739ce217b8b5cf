import type { Locator, Page } from "playwright-core";
import { answers, ask, check, chooseModel, composer, lastAnswerIs, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** Several models answer one question side by side: stopped one by one, the same after a reload and in a second tab, and one goes on. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);

    step("three models are chosen with the keyboard");
    await page.locator("#model-picker").waitFor();
    await page.keyboard.press("Control+.");
    await page.getByRole("button", { name: "Compare several" }).click();
    for (const name of ["Demo: slow", "Demo: asks a tool"]) await pick(page, name);
    await page.getByText("3 of 4 chosen").waitFor();
    await page.getByRole("button", { name: "Done" }).click();
    check((await page.locator("#model-picker").innerText()).includes("+2"), "the picker says how many models are asked besides");

    step("one question, three answers side by side");
    await composer(page).fill("/words 200 rate 20");
    await composer(page).press("Enter");
    await columns(page).nth(2).waitFor();
    check((await questions(page).count()) === 1 && (await answers(page).count()) === 0, "there is one question and no single answer");
    const boxes = await Promise.all([0, 1, 2].map((at) => columns(page).nth(at).boundingBox()));
    check(boxes[0]?.y === boxes[2]?.y && (boxes[1]?.x ?? 0) > (boxes[0]?.x ?? 0), "the answers stand beside each other");

    step("one of them is stopped and the others go on; a second tab shows the same");
    await columns(page).nth(1).getByText("w3").waitFor();
    await columns(page).nth(1).getByRole("button", { name: "Stop" }).click();
    await has(page, 1, "stopped");
    const tab = await context.newPage();
    await tab.goto(page.url());
    await columns(tab).nth(2).waitFor();
    await has(page, 0, "done");
    await has(page, 2, "done");
    await has(tab, 1, "stopped");
    await has(tab, 2, "done");

    step("a reload finds the comparison again, and choosing one makes the view normal in every tab");
    await page.reload();
    await has(page, 2, "done");
    await columns(page).nth(2).getByRole("button", { name: "Continue with this one" }).click();
    await lastAnswerIs(page, "done");
    await page.getByTestId("branch").getByText("3 / 3").waitFor();
    await tab.getByTestId("branch").getByText("3 / 3").waitFor();
    check((await columns(page).count()) === 0, "nothing stands side by side any more");
    check((await page.locator("#model-picker").innerText()).includes("asks a tool"), "the chosen model answers next");

    step("another model is asked beside a standing answer, on a phone");
    await chooseModel(page, "Demo: slow");
    await ask(page, "/echo This is short");
    await lastAnswerIs(page, "done");
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole("button", { name: "More" }).last().click();
    await page.getByRole("menuitem", { name: "Compare with Demo: a tour" }).click();
    await has(page, 1, "done");
    await page.getByRole("tab", { name: "Demo: a tour" }).click();
    await page.getByRole("tab", { name: "Demo: a tour", selected: true }).waitFor();
    await composer(page).fill("/echo Then we go on");
    await composer(page).press("Enter");
    await lastAnswerIs(page, "done");
    await answers(page).nth(1).getByText("Demo: a tour", { exact: true }).waitFor(); // The conversation goes on with the answer that was in view.
    await context.close();
  },
};

const columns = (page: Page): Locator => page.locator('article[data-role="compared"]');

async function pick(page: Page, name: string): Promise<void> {
  const search = page.getByRole("combobox", { name: "Search models" });
  await search.fill(name);
  await search.press("Enter");
}

async function has(page: Page, at: number, status: string): Promise<void> {
  await page.locator(`article[data-role="compared"] >> nth=${at} >> visible=true`).waitFor();
  await page.waitForFunction(
    ([index, wanted]) => document.querySelectorAll('article[data-role="compared"]')[Number(index)]?.getAttribute("data-status") === wanted,
    [at, status],
  );
}
