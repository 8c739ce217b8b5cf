import type { Page } from "playwright-core";
import { answers, ask, check, composer, lastAnswerIs, setUp, signIn } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** Two devices of one person, one with two tabs, stay in step; a reload paints from what the device kept; every kind of silence is told apart. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const desk = await browser.context();
    const one = await desk.newPage();
    await setUp(one, server.base);
    const phone = await browser.context({ viewport: { width: 390, height: 844 } });
    const other = await phone.newPage();
    await signIn(other, server.base);
    const two = await desk.newPage();
    await two.goto(server.base);
    await composer(two).waitFor();

    step("theme, accent and language follow to the other tab and the other device");
    await one.goto(`${server.base}/settings/appearance`);
    await one.getByText("Dark", { exact: true }).click();
    await one.getByText("Violet", { exact: true }).click();
    for (const page of [two, other])
      await page.waitForFunction(
        () => document.documentElement.dataset.theme === "dark" && document.documentElement.dataset.accent === "violet",
      );
    await one.goto(`${server.base}/settings/profile`);
    await one.getByLabel("Language").selectOption("zh-CN");
    for (const page of [two, other]) await page.waitForFunction(() => document.documentElement.lang === "zh-CN");
    await one.getByLabel("语言").selectOption("en");
    for (const page of [two, other]) await composer(page).waitFor();

    step("messages, renames and deletions follow as well");
    await ask(two, "/echo across devices");
    await lastAnswerIs(two, "done");
    const address = two.url();
    await other.goto(address);
    await answers(other).last().getByText("across devices").waitFor();
    await ask(other, "/echo and back again");
    await two.getByText("and back again").first().waitFor();
    await rename(two, "A name from the desk");
    await other.waitForFunction(() => document.title.includes("A name from the desk"));

    step("a reload paints what the device kept before the server has answered");
    await two.waitForTimeout(2_500); // what the page keeps is written when it has been quiet
    await two.route("**/api/conversations/**", async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      await route.continue().catch(() => undefined);
    });
    await two.reload({ waitUntil: "commit" });
    await answers(two).first().getByText("across devices").waitFor({ timeout: 2_000 });
    await two.unroute("**/api/conversations/**");
    await two.getByText("and back again").first().waitFor();

    step("what is deleted on one device is not read on in another");
    await remove(two);
    await other
      .getByText(/not found|does not exist|gone|deleted/i)
      .first()
      .waitFor();

    step("the tab that holds the connection closes, and the other one goes on by itself");
    await one.goto(server.base);
    await one.close();
    await other.goto(server.base);
    await ask(other, "/echo after the leader left");
    await two.getByRole("navigation").getByText("after the leader left").first().waitFor();

    step("offline, a server that is down and a server that restarts are told apart, and a draft is kept");
    await composer(two).fill("a draft in the storm");
    await desk.setOffline(true);
    await bar(two, "You are offline");
    await desk.setOffline(false);
    await bar(two, "Back online");
    await server.kill();
    await bar(two, "The server does not answer");
    await server.up();
    const back = bar(two, "Back online"); // It says so for a moment only, and perhaps before it is told to try.
    await Promise.all([back, tryNow(two)]);
    await server.down();
    await bar(two, "The server is restarting");
    await server.up();
    await bar(two, "Back online");
    check((await composer(two).inputValue()) === "a draft in the storm", "the draft is lost");

    step("a session that ended asks for the password over the page, and the draft stays");
    await two.evaluate(async () => {
      const mine = (await (await fetch("/api/sessions")).json()) as { items: { id: string; current: boolean }[] };
      for (const { id, current } of mine.items) if (current) await fetch(`/api/sessions/${id}`, { method: "DELETE" });
    });
    await two.getByRole("dialog").waitFor({ timeout: 40_000 });
    check((await two.locator("#composer").inputValue()) === "a draft in the storm", "the draft is lost with the session");
  },
};

async function bar(page: Page, text: string): Promise<void> {
  await page.getByTestId("connection").getByText(text).waitFor({ timeout: 40_000 });
}

async function tryNow(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "Try now" });
  await button.click({ timeout: 2_000 }).catch(() => undefined); // The page has found the server by itself.
}

async function menu(page: Page): Promise<void> {
  const list = page.getByRole("navigation", { name: "Conversations" });
  await list
    .getByRole("link")
    .filter({ hasText: /across devices|A name from the desk/ })
    .first()
    .hover();
  await list
    .getByRole("button", { name: /More about/ })
    .first()
    .click();
}

async function rename(page: Page, title: string): Promise<void> {
  await menu(page);
  await page.getByRole("menuitem", { name: "Rename" }).click();
  await page.getByRole("textbox", { name: "Title" }).fill(title);
  await page.getByRole("textbox", { name: "Title" }).press("Enter");
}

async function remove(page: Page): Promise<void> {
  await menu(page);
  await page.getByRole("menuitem", { name: "Delete" }).click();
}
