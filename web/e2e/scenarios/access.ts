import { composer, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** The main job can be done with the keyboard alone. What axe-core says of each screen is in `screens`. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);

    step("a conversation by keyboard alone");
    await composer(page).waitFor();
    await page.keyboard.press("Control+Shift+O");
    await page.keyboard.press("Shift+Escape");
    await page.keyboard.type("/words 900 rate 30");
    await page.keyboard.press("Enter");
    await page.getByText("w3 w4").waitFor();
    await page.keyboard.press("Escape");
    await lastAnswerIs(page, "stopped");
    await page.keyboard.press("Shift+Escape");
    await page.keyboard.press("ArrowUp");
    await page.getByRole("textbox", { name: "Edit message" }).press("Control+A");
    await page.keyboard.type("/echo by keyboard");
    await page.keyboard.press("Enter");
    await lastAnswerIs(page, "done");
    await page.keyboard.press("Control+.");
    await page.getByRole("listbox").waitFor();
    await page.keyboard.type("slow");
    await page.keyboard.press("Enter");
    await page.locator("#model-picker").filter({ hasText: "slow" }).waitFor();
  },
};
