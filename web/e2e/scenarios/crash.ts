import { answerGrows, ask, check, chooseModel, lastAnswerIs, lastAnswerText, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const DRAWN = ":not(.diagram-unseen) > iframe.diagram";

/** The server dies in the middle of an answer and comes back: the page that was open shows the whole answer, once, without a reload. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);
    let loads = 0;
    page.on("load", () => {
      loads += 1;
    });

    step("the answer to compare with");
    await ask(page, "Show me what you can do");
    await lastAnswerIs(page, "done", 60_000);
    await page.locator(DRAWN).waitFor();
    const whole = await lastAnswerText(page);

    step("kill -9 in the middle of the same answer");
    await page.getByRole("link", { name: "New conversation" }).first().click();
    await chooseModel(page, "Demo: a tour");
    await ask(page, "Show me what you can do");
    await answerGrows(page, 120);
    await server.kill();
    await page.getByTestId("connection").getByText("does not answer").waitFor();
    await server.up();

    step("the page gets the rest by itself");
    await lastAnswerIs(page, "done", 60_000);
    await page.locator(DRAWN).waitFor();
    const resumed = await lastAnswerText(page);
    check(strip(resumed) === strip(whole), `the resumed answer differs:\n${resumed}\n--- instead of\n${whole}`);
    check(loads === 0, "the page was loaded again");

    step("a message sent while the server is away arrives once it is back");
    await server.kill();
    await ask(page, "/echo I am back");
    await page.getByText("Sending…").waitFor();
    await server.up();
    await lastAnswerIs(page, "done", 60_000);
    check((await page.locator('article[data-role="user"]').count()) === 2, "the message is there twice");
  },
};

/** The words are what is compared, not how they are spread over lines. */
function strip(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
