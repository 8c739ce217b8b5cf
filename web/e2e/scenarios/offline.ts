import { Line } from "../line.ts";
import { answerGrows, ask, check, composer, lastAnswerIs, lastAnswerText, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const OFFLINE_MS = 30_000; // longer than the silence after which the page gives a connection up

/** Half a minute without a network in the middle of an answer: in the end the text is whole, what was written is there, and what was sent is there once. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    const line = await Line.to(server.port);
    await setUp(page, line.base);
    let loads = 0;
    page.on("load", () => {
      loads += 1;
    });
    await ask(page, "/words 700 rate 30");
    await page.waitForURL(/\/c\//);
    const streaming = page.url();
    await answerGrows(page, 60);

    step("the network goes; the page says so, and takes a message and a draft all the same");
    const gone = Date.now();
    line.cut();
    await context.setOffline(true);
    await page
      .getByTestId("connection")
      .getByText(/lost|offline/i)
      .waitFor({ timeout: 28_000 });
    await page.getByRole("link", { name: "New conversation" }).first().click();
    await ask(page, "/echo written without a network");
    await page.getByText("Sending…").waitFor();
    const queued = page.url();
    await page.getByRole("link", { name: "New conversation" }).first().click();
    await composer(page).fill("half a thought");
    await page.waitForTimeout(Math.max(0, OFFLINE_MS - (Date.now() - gone)));

    step("it comes back: the message is delivered once, the draft stays");
    line.mend();
    await context.setOffline(false);
    const path = new URL(queued).pathname;
    check((await composer(page).inputValue()) === "half a thought", "the draft is lost");
    await page.locator(`a[href="${path}"]`).first().click();
    await lastAnswerIs(page, "done");
    await page.waitForTimeout(1_500);
    check((await questions(page).count()) === 1, "the message is there twice");
    check((await lastAnswerText(page)) === "written without a network", `the answer is ${await lastAnswerText(page)}`);
    const stored = await page.evaluate(
      async (id) => (await (await fetch(`../api/conversations/${id}/messages`)).json()).items.length,
      path.split("/").at(-1),
    );
    check(stored === 2, `the server has ${stored} messages`);

    step("the answer that was under way is whole, without a reload");
    await page
      .locator(`a[href="${new URL(streaming).pathname}"]`)
      .first()
      .click();
    await lastAnswerIs(page, "done", 45_000);
    const words = (await lastAnswerText(page)).split(/\s+/);
    check(
      words.length === 700 && words.every((word, index) => word === `w${index}`),
      `the answer has ${words.length} words, or not in order`,
    );
    check(loads === 0, "the page was loaded again");
    check((await page.locator('[aria-busy="true"]').count()) === 0, "something is still busy");
    await context.close();
    line.close();
  },
};
