import { ADMIN, check, setUp, signIn } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** Providers with the test button, users, keys, language, theme, sign-out and sign-in. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);

    step("a back end is tested, and one that nobody serves says so");
    await page.goto(`${server.base}/settings/providers`);
    await page.getByRole("button", { name: /Demo/ }).first().click();
    await page.getByRole("button", { name: "Test" }).click();
    await page.getByText(/It works: answered in/).waitFor();
    await page.getByRole("button", { name: "Add provider" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Provider").selectOption("compatible");
    await dialog.getByLabel("Name").fill("Nobody");
    await dialog.getByLabel("Address").fill("http://127.0.0.1:9/v1");
    await dialog.getByRole("button", { name: "Add provider" }).click();
    await dialog.waitFor({ state: "detached" });
    const card = page.getByRole("listitem").filter({ hasText: "Nobody" });
    await card.getByRole("button", { expanded: false }).first().click();
    await card.getByRole("textbox", { name: "Model id" }).fill("some/model-1");
    await card.getByRole("button", { name: "Add" }).click();
    await card.getByText("some/model-1").waitFor();
    await card.getByRole("button", { name: "Test" }).click();
    await card.getByRole("alert").waitFor();

    step("a user is added and suspended");
    await page.getByRole("link", { name: "Users" }).click();
    await page.getByRole("button", { name: "Add user" }).click();
    await dialog.getByLabel("Name").fill("Grace");
    await dialog.getByLabel("E-mail").fill("grace@example.org");
    await dialog.getByLabel("First password").fill("nanoseconds matter");
    await dialog.getByRole("button", { name: "Add user" }).click();
    const grace = page.getByRole("listitem").filter({ hasText: "Grace" });
    await grace.getByRole("button", { name: "More for Grace" }).click();
    await page.getByRole("menuitem", { name: "Suspend" }).click();
    await grace.getByText("Suspended").waitFor();

    step("a key is shown once");
    await page.getByRole("link", { name: "API keys" }).click();
    await page.getByLabel("What is it for?").fill("a script");
    await page.getByRole("button", { name: "Create key" }).click();
    check((await page.getByTestId("secret").innerText()).length > 20, "no secret is shown");
    check((await page.getByLabel("What is it for?").inputValue()) === "", "the form is empty again");
    await page.reload();
    const key = page.getByRole("listitem").filter({ hasText: "a script" });
    await key.getByText(/made .* never used/).waitFor();
    check((await page.getByTestId("secret").count()) === 0, "the secret is shown again");

    step("a key ends after a question; the focus comes back to where it was when the answer is no");
    const revoke = page.getByRole("button", { name: "Revoke “a script”" });
    await revoke.click();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label") === "Revoke “a script”");
    await revoke.click();
    await dialog.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByText("No keys yet").waitFor();

    step("theme and language change at once and are there before the first paint of the next load");
    await page.getByRole("link", { name: "Appearance" }).click();
    await page.getByText("Dark", { exact: true }).click();
    await page.getByRole("link", { name: "Profile" }).click();
    await page.getByLabel("Language").selectOption("zh-CN");
    await page.getByRole("heading", { name: "个人资料" }).waitFor();
    await page.waitForTimeout(500);
    const html = await (await context.request.get(`${server.base}/`)).text();
    check(html.includes('data-theme="dark"') && html.includes('lang="zh-CN"'), "the server does not know language and theme");
    await page.getByLabel("语言").selectOption("en");
    await page.getByRole("heading", { name: "Profile" }).waitFor(); // The page begins anew, and closes what is opened before.

    step("sign-out forgets the person; a wrong password is refused; the right one leads back");
    await page.getByRole("button", { name: ADMIN.name }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("do not match").waitFor();
    await signIn(page, server.base);
  },
};
