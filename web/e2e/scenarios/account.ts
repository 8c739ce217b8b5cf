import { ADMIN, ask, check, composer, lastAnswerIs } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const GRACE = { email: "grace@example.org", password: "nanoseconds matter" };

/** The first run goes on after a reload; an account from its address to its end; what sign-in says when it refuses; a session that ends under a page. */
export const scenario: Scenario = {
  environment: { PORTICO_LOGINS_PER_MINUTE: "5", PORTICO_EXPORTS_PER_HOUR: "1" },
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    step("a reload in the middle of the first run comes back to the model");
    await page.goto(`${server.base}/`);
    await page.getByLabel("Name").fill(ADMIN.name);
    await page.getByLabel("E-mail").fill(ADMIN.email);
    await page.getByLabel("Password").fill(ADMIN.password);
    await page.getByRole("button", { name: "Create administrator" }).click();
    await page.getByRole("heading", { name: "Connect a first model" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Connect a first model" }).waitFor();
    await page.getByRole("button", { name: /Skip/ }).click();
    await page.getByRole("heading", { name: /How can I help/ }).waitFor();
    await page.reload();
    await composer(page).waitFor();
    const made = await page.evaluate(async (body) => {
      const headers = { "Content-Type": "application/json" };
      return (
        await fetch("/api/users", { method: "POST", headers, body: JSON.stringify({ ...body, name: "Grace", role: "member" }) })
      ).json();
    }, GRACE);

    step("a deep link leads back to where it pointed, after sign-in");
    const other = await browser.context();
    const grace = await other.newPage();
    await grace.goto(`${server.base}/settings/profile`);
    await grace.getByLabel("E-mail").fill(GRACE.email);
    await grace.getByLabel("Password").fill(GRACE.password);
    await grace.getByRole("button", { name: "Sign in" }).click();
    await grace.getByRole("heading", { name: "Profile" }).waitFor();

    step("every section for administrators says so to others");
    for (const section of ["instance", "providers", "users"]) {
      await grace.goto(`${server.base}/settings/${section}`);
      await grace.getByText("Only administrators may see this.").waitFor();
    }

    step("the address is changed with the password; everything is downloaded; other browsers are signed out");
    await grace.goto(`${server.base}/settings/profile`);
    await grace.getByRole("button", { name: "Change" }).click();
    await grace.getByLabel("New e-mail").fill("hopper@example.org");
    await grace.getByLabel("Present password").or(grace.getByLabel("Current password")).first().fill(GRACE.password);
    await grace.getByRole("button", { name: "Save" }).last().click();
    await grace.getByRole("button", { name: "Change" }).waitFor();
    const third = await browser.context();
    const second = await third.newPage();
    await second.goto(server.base);
    await second.getByLabel("E-mail").fill("hopper@example.org");
    await second.getByLabel("Password").fill(GRACE.password);
    await second.getByRole("button", { name: "Sign in" }).click();
    await composer(second).waitFor();
    await ask(second, "/echo to be taken along");
    await lastAnswerIs(second, "done");
    await composer(second).fill("half a thought");
    await grace.getByRole("link", { name: "Sessions" }).click();
    await grace.getByText("Chrome on Linux").first().waitFor();
    await grace.getByRole("button", { name: "Sign out all others" }).click();
    await grace.getByRole("button", { name: "Sign out all others" }).waitFor({ state: "detached" });
    await grace.getByRole("link", { name: "Your data" }).click();
    const download = grace.waitForEvent("download");
    await grace.getByRole("button", { name: "Download" }).click();
    check((await download).suggestedFilename() === "portico-export.json", "the export has another name");
    await grace.getByRole("button", { name: "Download" }).click();
    await grace.getByRole("alert").getByText("several times").waitFor();
    check(await grace.getByRole("button", { name: "Again in" }).isDisabled(), "a refused download can be asked for at once");

    step("under the other browser the session has ended: somebody else who signs in there sees nothing of it");
    const layer = second.getByRole("dialog", { name: "Your session ended" });
    await layer.getByLabel("E-mail").fill(ADMIN.email);
    await layer.getByLabel("Password").fill(ADMIN.password);
    await layer.getByRole("button", { name: "Sign in", exact: true }).click();
    await layer.waitFor({ state: "detached" });
    await second.getByRole("heading", { name: "No such conversation" }).waitFor();
    await second.goto(server.base);
    await composer(second).waitFor();
    check((await second.getByText("to be taken along").count()) === 0, "a conversation of the person before is listed");

    step("a suspended account is told so by the right password; too many tries are counted down");
    await page.evaluate(
      (id) =>
        fetch(`/api/users/${id}`, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: '{"status":"suspended"}' }),
      made.id as string,
    );
    await grace.goto(server.base);
    await grace.getByLabel("E-mail").fill("hopper@example.org");
    await grace.getByLabel("Password").fill(GRACE.password);
    await grace.getByRole("button", { name: "Sign in" }).click();
    await grace.getByRole("alert").getByText("suspended").waitFor();
    for (let tries = 0; tries < 6 && !(await grace.getByText("Too many tries").isVisible()); tries += 1) {
      await grace.getByLabel("Password").fill("wrong password");
      await grace.getByLabel("Password").press("Enter");
      await grace.getByRole("alert").waitFor();
      await grace.waitForTimeout(300);
    }
    await grace.getByRole("button", { name: /^Wait \d+ s/ }).waitFor();
    await page.evaluate(
      (id) => fetch(`/api/users/${id}`, { method: "PATCH", headers: { "Content-Type": "application/json" }, body: '{"status":"active"}' }),
      made.id as string,
    );
  },
};
