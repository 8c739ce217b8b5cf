import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { ask, check, composer, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const AXE = readFileSync(resolve(import.meta.dirname, "../../node_modules/axe-core/axe.min.js"), "utf8");
const SECTIONS = ["profile", "appearance", "password", "keys", "sessions", "shares", "data", "instance", "providers", "users"];

/** axe-core finds nothing on any screen, light or dark; and the main job can be done with the keyboard alone. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    // axe is put into the page from outside, which the page's own policy rightly refuses.
    // Without motion nothing is measured half faded in.
    const context = await browser.context({ bypassCSP: true, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(server.base);
    await page.locator("form").waitFor();
    await clean(page, "set-up");
    await setUp(page, server.base);
    for (const theme of ["light", "dark"]) {
      step(`every screen, ${theme}`);
      await use(page, theme);
      await clean(page, "home");
      await ask(page, "/tool current_time {}");
      await lastAnswerIs(page, "done");
      await page.getByRole("button", { name: /Current time/ }).click();
      await ask(page, "/fail provider_auth");
      await lastAnswerIs(page, "failed");
      await clean(page, "conversation");
      await page.locator("#model-picker").click();
      await page.getByRole("listbox").waitFor();
      await clean(page, "models");
      await page.keyboard.press("Escape");
      await page.keyboard.press("Control+K");
      await page.getByRole("combobox", { name: "Search or run a command" }).fill("new");
      await clean(page, "palette");
      await page.keyboard.press("Escape");
      await page.locator("main").focus();
      await page.keyboard.press("?");
      await page.getByText("Copy the last code block").waitFor();
      await clean(page, "keys");
      await page.keyboard.press("Escape");
      for (const section of SECTIONS) {
        await page.goto(`${server.base}/settings/${section}`);
        await page.locator("main h1").waitFor();
        await use(page, theme);
        await clean(page, section);
      }
      await page.goto(server.base);
    }

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
    check((await page.locator("#model-picker").innerText()).includes("slow"), "the model was not chosen");
  },
};

async function use(page: Page, theme: string): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name;
  }, theme);
}

async function clean(page: Page, screen: string): Promise<void> {
  await page.waitForTimeout(250);
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    type Result = { violations: { id: string; nodes: { html: string }[] }[] };
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<Result> } };
    return (await axe.run()).violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`);
  });
  check(found.length === 0, `${screen}: ${found.join("\n")}`);
}
