import type { Page } from "playwright-core";
import { ADMIN, check, composer, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const PASSWORD = "a long enough password";

/** People are invited by link, found, changed in numbers, and get new passwords by link; every state of an invitation has its page. */
export const scenario: Scenario = {
  environment: { ACCESS_CODE: "open sesame" },
  async run({ server, browser, step }) {
    const admin = await browser.context();
    const page = await admin.newPage();
    await setUp(page, server.base);
    await page.goto(`${server.base}/settings/users`);
    const dialog = page.getByRole("dialog");

    step("an invitation for one address becomes an account in the invited person's language");
    const forGrace = await invite(page, "grace@example.org");
    const other = await browser.context();
    const grace = await other.newPage();
    await grace.goto(forGrace);
    await grace.getByRole("heading", { name: "You are invited to Portico" }).waitFor();
    check((await grace.getByLabel("E-mail").inputValue()) === "grace@example.org", "the address is not filled in");
    await grace.getByLabel("Language").selectOption("zh-CN");
    await grace.getByLabel("名字").fill("Grace Hopper");
    await grace.getByLabel("密码").fill(PASSWORD);
    await grace.getByRole("button", { name: "创建账户" }).click();
    await grace.locator("textarea").first().waitFor();
    check(new URL(grace.url()).pathname === "/", "the address still holds the invitation");
    await grace.goto(forGrace);
    await grace.getByRole("heading", { name: "此邀请已被使用" }).waitFor();

    step("an open invitation under somebody's session asks to sign out first; it does not tell who has an account, and is used up");
    const open = await invite(page, "");
    await page.goto(open);
    await page.getByText(`You are signed in as ${ADMIN.email}`).waitFor();
    await page.getByRole("button", { name: "Stay signed in" }).click();
    await composer(page).waitFor();
    const third = await browser.context();
    const linus = await third.newPage();
    await linus.goto(open);
    await linus.getByLabel("Name").fill("Linus");
    await linus.getByLabel("E-mail").fill(ADMIN.email);
    await linus.getByLabel("Password").fill(PASSWORD);
    await linus.getByRole("button", { name: "Create account" }).click();
    await linus.getByRole("alert").getByText("used meanwhile").waitFor();
    await linus.getByRole("button", { name: "Look again" }).click();
    await linus.getByRole("heading", { name: "This invitation was used" }).waitFor();

    step("what was taken back meanwhile, and what never was, say so");
    await linus.goto(await invite(page, ""));
    await linus.getByLabel("Name").fill("Linus");
    await linus.getByLabel("E-mail").fill("linus@example.org");
    await linus.getByLabel("Password").fill(PASSWORD);
    await page.goto(`${server.base}/settings/users`);
    await page.getByRole("region", { name: "Invitations and password links" }).getByRole("button", { name: "Take back" }).click();
    await page.getByText("taken back").first().waitFor();
    await linus.getByRole("button", { name: "Create account" }).click();
    await linus.getByRole("alert").getByText("used meanwhile").waitFor();
    await linus.getByRole("button", { name: "Look again" }).click();
    await linus.getByRole("heading", { name: "This invitation was taken back" }).waitFor();
    await linus.goto(`${server.base}/invite/never-was`);
    await linus.getByRole("heading", { name: "There is no such invitation" }).waitFor();

    step("a link for a new password signs the old browser out and the new one in");
    const row = page.getByRole("listitem").filter({ hasText: "Grace Hopper" }).first();
    await row.getByRole("button", { name: "More for Grace Hopper" }).click();
    await page.getByRole("menuitem", { name: "Link for a new password" }).click();
    const link = await page.getByTestId("made-link").inputValue();
    await dialog.getByRole("button", { name: "Done" }).click();
    await linus.goto(link);
    await linus.getByLabel("New password").fill("quite another password");
    await linus.getByRole("button", { name: "Set password and sign in" }).click();
    await linus.locator("textarea").first().waitFor();
    await grace.goto(server.base);
    await grace
      .getByRole("button", { name: /登录|访问码|Sign in/ })
      .first()
      .waitFor();

    step("a guest becomes an account; users are searched and suspended together");
    const fourth = await browser.context();
    const guest = await fourth.newPage();
    await guest.goto(server.base);
    await guest.getByLabel("Access code").fill("open sesame");
    await guest.getByRole("button", { name: "Sign in" }).click();
    await composer(guest).waitFor();
    await page.reload();
    await page.getByLabel("Role", { exact: true }).selectOption("guest");
    await page.getByRole("button", { name: /^More for Guest/ }).click();
    await page.getByRole("menuitem", { name: "Make an account" }).click();
    await dialog.getByLabel("Name").fill("Former guest");
    await dialog.getByLabel("E-mail").fill("guest@example.org");
    await dialog.getByLabel("First password").fill(PASSWORD);
    await dialog.getByRole("button", { name: "Make an account" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("Nobody matches").waitFor();
    await page.getByLabel("Role", { exact: true }).selectOption("");
    await page.getByRole("searchbox", { name: "Search by name or e-mail" }).fill("guest@");
    await page.getByLabel("Select Former guest").waitFor();
    await page.getByRole("searchbox", { name: "Search by name or e-mail" }).fill("");
    await page.getByLabel("Select Grace Hopper").check();
    await page.getByLabel("Select Former guest").check();
    await page.getByRole("button", { name: "Suspend" }).click();
    await page.getByText("2 users changed.").waitFor();
    for (const name of ["Grace Hopper", "Former guest"]) {
      await page.getByRole("listitem").filter({ hasText: name }).first().getByText("Suspended", { exact: true }).waitFor();
    }
    check(await page.getByLabel(`Select ${ADMIN.name}`).isDisabled(), "administrators can tick themselves");

    step("while nothing can answer, a member is told whom to ask; a guest learns no names");
    await server.restart({ PORTICO_DEMO: "0" });
    const mary = await (await browser.context()).newPage();
    await mary.goto(await invite(page, "mary@example.org"));
    await mary.getByLabel("Name").fill("Mary");
    await mary.getByLabel("Password").fill(PASSWORD);
    await mary.getByRole("button", { name: "Create account" }).click();
    await mary.getByText(`Ask ${ADMIN.name} to add one.`).waitFor();
    const visitor = await (await browser.context()).newPage();
    await visitor.goto(server.base);
    await visitor.getByLabel("Access code").fill("open sesame");
    await visitor.keyboard.press("Enter");
    await visitor.getByText("Ask your administrator to add one.").waitFor();
    check((await visitor.request.get(`${server.base}/api/users/administrators`)).status() === 403, "a guest may list administrators");
  },
};

/** Makes an invitation and returns its address. */
async function invite(page: Page, email: string): Promise<string> {
  if (!page.url().endsWith("/settings/users")) await page.goto(`${new URL(page.url()).origin}/settings/users`);
  await page.getByRole("button", { name: "Invite" }).click();
  const dialog = page.getByRole("dialog");
  if (email) await dialog.getByLabel("E-mail").fill(email);
  await dialog.getByRole("button", { name: "Make invitation" }).click();
  const url = await dialog.getByTestId("made-link").inputValue();
  await dialog.getByRole("button", { name: "Done" }).click();
  return url;
}
