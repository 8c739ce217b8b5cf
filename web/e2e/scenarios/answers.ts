import type { Page } from "playwright-core";
import { answers, ask, check, chooseModel, composer, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** Kinds of failure with what the note must offer. The code is what the demo model is told to fail with. */
const FAILURES: [string, RegExp, string[]][] = [
  ["provider_auth", /Demo refuses access/, ["Try again", "Another model", "Provider settings"]],
  ["provider_protocol", /Demo does not answer/, ["Try again", "Another model", "Provider settings"]],
  ["provider_quota", /credit at Demo is used up/, ["Another model", "Provider settings"]],
  ["content_filtered", /content filter of Demo/, ["Another model"]],
  ["model_not_found", /Demo: a tour could not answer/, ["Another model", "Provider settings"]],
];

/** What an answer shows besides its words, and what can be done when there are none. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context({ permissions: ["clipboard-read", "clipboard-write"] });
    const page = await context.newPage();
    await setUp(page, server.base);

    step("thinking, a search, sources and a picture");
    await ask(
      page,
      "/search the sea\n/cite https://example.org/a Waves\n/cite https://example.org/b Tides\n/image 800x500\n/echo **Bold** words [2], [9], `[1]`",
    );
    await lastAnswerIs(page, "done");
    await page.getByText("· the sea").waitFor();
    const source = answers(page).last().getByRole("link", { name: /Waves/ });
    await source.focus();
    await page.getByText("example.org", { exact: true }).waitFor();
    await page.keyboard.press("Escape");

    step("a number in brackets leads to its source, where there is one and it is not code");
    const marks = answers(page).last().locator(".prose a");
    await marks.first().waitFor();
    check((await marks.allInnerTexts()).join() === "[2]", "only the number of a source is a link");
    check((await marks.first().getAttribute("href")) === "https://example.org/b", "it leads to the second source");

    step("the picture has its size before its bytes, opens large and gives the focus back");
    const picture = page.getByRole("button", { name: /Show image.png large/ });
    check((await picture.locator("img").getAttribute("width")) === "800", "the size came from the server");
    await picture.click();
    await page.getByRole("dialog").getByRole("link", { name: "Download" }).waitFor();
    await page.keyboard.press("+");
    await page.getByText("200%").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Show image.png large");

    step("figures, and copies without the signs of Markdown");
    await page.getByRole("button", { name: /tok\/s/ }).click();
    const details = page.getByRole("dialog", { name: "How this answer came about" });
    for (const text of ["Tokens read", "First token after", "Total time"]) await details.getByText(text).waitFor();
    await details.getByRole("img", { name: /128K window used/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More" }).last().click();
    await page.getByRole("menuitem", { name: "Copy as text" }).click();
    await page.waitForFunction(async () => (await navigator.clipboard.readText()).includes("Bold words"));

    step("a limit counts down by itself");
    await ask(page, "/fail provider_rate_limited retry 12");
    await lastAnswerIs(page, "failed");
    const waiting = page.getByRole("button", { name: /Try again in \d+ sec/ });
    check(await waiting.isDisabled(), "it is too early to try again");

    step("each kind of failure says who failed and offers what helps");
    for (const [code, heading, buttons] of FAILURES) {
      await ask(page, `/fail ${code}`);
      await lastAnswerIs(page, "failed");
      await offers(page, code, heading, buttons);
    }

    step("what did not fit is asked again from fewer messages, and another model is marked");
    await ask(page, "/fail context_too_long");
    await lastAnswerIs(page, "failed");
    await page.getByRole("button", { name: "Trim and try again" }).last().click();
    await page.getByTestId("branch").last().getByText("2 / 2").waitFor();
    await lastAnswerIs(page, "failed");
    await chooseModel(page, "Demo: slow");
    await ask(page, "/rate 0\n/echo Now another one");
    await lastAnswerIs(page, "done");
    await answers(page).last().getByText("Now another one").waitFor(); // The conversation goes on after failures.
    await page.getByTestId("model-change").getByText("From here Demo: slow answers").waitFor();
    await page.getByRole("button", { name: /Try again in/ }).waitFor({ state: "detached", timeout: 20_000 });

    step("a person's own limit is told beside the message, with the moment at which it may go out");
    await server.restart({ PORTICO_RUNS_PER_MINUTE: "1" });
    await page.reload();
    await answers(page).last().waitFor();
    const refused = page.getByText("Not sent.");
    for (let sent = 0; sent < 2 && !(await refused.count()); sent += 1) {
      await composer(page).fill("/echo again"); // What was sent in the last minute may count, then the first one is refused.
      await composer(page).press("Enter");
      await refused
        .or(answers(page).last().getByText("again", { exact: true }))
        .first()
        .waitFor();
    }
    await page.getByText("rate_limited", { exact: true }).waitFor();
    await page
      .getByRole("alert")
      .last()
      .getByRole("button", { name: /Try again/ })
      .waitFor();
    await context.close();
  },
};

async function offers(page: Page, code: string, heading: RegExp, buttons: string[]): Promise<void> {
  const note = answers(page).last().getByRole("alert");
  await note.getByText(heading).waitFor();
  await note.getByText(code, { exact: true }).waitFor();
  await note.getByRole("button", { name: /Copy the id/ }).waitFor();
  for (const name of buttons) await note.getByText(name, { exact: true }).waitFor();
}
