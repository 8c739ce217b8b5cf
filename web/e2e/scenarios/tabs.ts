import type { Page } from "playwright-core";
import { answerGrows, ask, check, lastAnswerIs, lastAnswerText, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** Two tabs of one person stay in step: the second one follows an answer, stops it, and sees new conversations. */
export const scenario: Scenario = {
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
    await agree(first, second);

    step("what is sent in one tab appears in the other");
    await ask(second, "/echo Hello from the second tab");
    await first.getByText("Hello from the second tab").first().waitFor();
    await lastAnswerIs(first, "done");

    step("the tabs share one connection; when the one that holds it closes, the next one takes over in the middle of an answer");
    const third = await context.newPage();
    await third.goto(first.url());
    await ask(third, "/words 200 rate 25");
    await answerGrows(third, 30);
    await first.close();
    await lastAnswerIs(third, "done");
    await lastAnswerIs(second, "done");
    check((await lastAnswerText(third)).endsWith("w199"), "the answer is not whole in the third tab");
    check((await lastAnswerText(second)).endsWith("w199"), "the answer is not whole in the second tab");

    step("offline in the middle of an answer, the text is whole in the end");
    await ask(third, "Show me what you can do");
    await answerGrows(third, 60);
    await context.setOffline(true);
    await third.waitForTimeout(3_000);
    await context.setOffline(false);
    await lastAnswerIs(third, "done", 60_000);
    await lastAnswerIs(second, "done", 60_000);
    await third.waitForTimeout(1_000);
    check((await lastAnswerText(third)).includes("as far as it came"), "the end of the answer is missing");
    await third.locator('article[data-role="assistant"]').last().locator(".katex-display").waitFor();
  },
};

/** The tab that stops holds its text back at once, the other one shows what came until the stop was stored: then both show that. */
async function agree(one: Page, other: Page): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await lastAnswerText(one)) !== (await lastAnswerText(other))) {
    check(Date.now() < deadline, `the tabs show different texts: ${await lastAnswerText(one)} and ${await lastAnswerText(other)}`);
    await one.waitForTimeout(100);
  }
}
