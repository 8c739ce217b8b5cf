import { ask, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** The page works under a path prefix: its files, its addresses, the API and the sandboxed frame. */
export const scenario: Scenario = {
  environment: { PORTICO_BASE_PATH: "/portico" },
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    step("set-up, an answer and its diagram under /portico");
    await setUp(page, server.base);
    await ask(page, "Show me what you can do");
    await page.waitForURL(/\/portico\/c\//);
    await lastAnswerIs(page, "done", 60_000);
    await page.locator(":not(.diagram-unseen) > iframe.diagram").waitFor();

    step("a deep link loads as well");
    await page.reload();
    await lastAnswerIs(page, "done");
  },
};
