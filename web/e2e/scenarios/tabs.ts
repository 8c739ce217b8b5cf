import { answerGrows, ask, check, lastAnswerIs, lastAnswerText, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** Two tabs of one person stay in step: the second one follows an answer, stops it, and sees new conversations. */
export const tabs: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const first = await context.newPage();
    await setUp(first, server.base);
    await ask(first, "/words 900 rate 30");
    await answerGrows(first, 15);

    step("a second tab follows the same answer");
    const second = await context.newPage();
    await second.goto(first.url());
    await answerGrows(second, (await lastAnswerText(first)).length + 10);

    step("stop in the second tab stops the first");
    await second.getByRole("button", { name: "Stop" }).click();
    await lastAnswerIs(first, "stopped");
    await lastAnswerIs(second, "stopped");
    check((await lastAnswerText(first)) === (await lastAnswerText(second)), "the tabs show different texts");

    step("what is sent in one tab appears in the other");
    await ask(second, "/echo Hello from the second tab");
    await first.getByText("Hello from the second tab").first().waitFor();
    await lastAnswerIs(first, "done");

    step("offline in the middle of an answer, the text is whole in the end");
    await ask(first, "Show me what you can do");
    await answerGrows(first, 60);
    await context.setOffline(true);
    await first.waitForTimeout(3_000);
    await context.setOffline(false);
    await lastAnswerIs(first, "done", 60_000);
    await lastAnswerIs(second, "done", 60_000);
    await first.waitForTimeout(1_000);
    check((await lastAnswerText(first)).includes("as far as it came"), "the end of the answer is missing");
    await first.locator('article[data-role="assistant"]').last().locator(".katex-display").waitFor();
  },
};
