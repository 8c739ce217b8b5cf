import type { Page } from "playwright-core";
import { ask, check, composer, lastAnswerIs, setUp, signIn } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** An `@` at the beginning of a word offers the models, for keys, mouse, finger and input methods; one in a word is just a sign. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);
    const list = page.getByRole("listbox", { name: "Choose a model" });
    const picker = page.locator("#model-picker");
    const first = await picker.innerText();

    step("typing finds, arrows choose, Enter takes: the word goes, the picker and an announcement say what answers next");
    await composer(page).pressSequentially("Tell me @");
    await list.waitFor();
    await page.getByText(/\d models\. Arrow keys choose/).waitFor({ state: "attached" });
    const offered = await list.getByRole("option").count();
    check(offered > 1, "there is nothing to choose from");
    await page.keyboard.type("slow");
    await page.waitForFunction((before) => document.querySelectorAll("[role=listbox] [role=option]").length < before, offered);
    check(await pointsAtOption(page), "the field does not say which option is meant");
    await page.keyboard.press("Enter");
    await list.waitFor({ state: "detached" });
    check((await composer(page).inputValue()) === "Tell me ", "the word that called the model is still there");
    check((await picker.innerText()) === "Demo: slow", "the picker shows another model");
    await page.getByText("Demo: slow answers next.").waitFor({ state: "attached" });
    check(await composer(page).evaluate((field) => field === document.activeElement), "the field has lost the focus");
    await page.keyboard.press("Control+z");
    check((await composer(page).inputValue()).includes("@"), "undo does not bring the word back");
    await composer(page).fill("");

    step("Escape closes and leaves the text, what names no model is sent as it is");
    await composer(page).pressSequentially("@s");
    await list.waitFor();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    await page.keyboard.type("lo");
    check((await list.count()) === 0, "the list that was closed came back for the same word");
    await composer(page).fill("");
    await composer(page).pressSequentially("@");
    await list.waitFor();
    await page.keyboard.type("nobody");
    await list.waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.getByText("@nobody", { exact: true }).first().waitFor();
    await page.keyboard.press("Escape");
    await lastAnswerIs(page, "stopped");

    step("in an address and in code it is a sign");
    for (const text of ["ada@example", "git@", "`@slo", "x@@slo"]) {
      await composer(page).fill("");
      await composer(page).pressSequentially(text);
      await page.waitForTimeout(100);
      check((await list.count()) === 0, `${text} opened the list`);
    }
    await composer(page).fill("");

    step("in a conversation it is the conversation's model, with Tab and by mouse; an input method keeps its keys");
    await composer(page).pressSequentially("@to");
    await list.waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Tab");
    await list.waitFor({ state: "detached" });
    check((await picker.innerText()) === first, `Tab took ${await picker.innerText()}`);
    await composer(page).pressSequentially("你好@");
    await list.waitFor();
    await composes(page, "slow");
    await page.waitForTimeout(100);
    check((await picker.innerText()) === first, "a key of the input method chose a model");
    await list.getByRole("option", { name: /slow/ }).click();
    check((await composer(page).inputValue()) === "你好", "the word is still there");
    await page.waitForFunction(() => document.querySelector("#model-picker")?.textContent === "Demo: slow");
    await composer(page).fill("");
    await ask(page, "/rate 0\n/echo done");
    await lastAnswerIs(page, "done");
    await page.reload();
    await composer(page).waitFor();
    await page.waitForFunction(() => document.querySelector("#model-picker")?.textContent === "Demo: slow");

    step("by finger on a phone");
    const phone = await browser.context({ viewport: { width: 390, height: 700 }, hasTouch: true, isMobile: true });
    const small = await phone.newPage();
    await signIn(small, server.base);
    await composer(small).tap();
    await composer(small).pressSequentially("@");
    const options = small.getByRole("listbox", { name: "Choose a model" }).getByRole("option");
    await options.filter({ hasText: "slow" }).tap();
    await small.waitForFunction(() => document.querySelector("#model-picker")?.textContent === "Demo: slow");
    check((await composer(small).inputValue()) === "", "the word is still there");
  },
};

const pointsAtOption = (page: Page) =>
  composer(page).evaluate((field) => document.getElementById(field.getAttribute("aria-activedescendant") ?? "")?.role === "option");

/** Writes with an input method: while it composes, Enter is its own key. */
async function composes(page: Page, text: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
  await composer(page).evaluate((field) =>
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, isComposing: true, bubbles: true, cancelable: true })),
  );
  await session.detach();
}
