import { picture } from "../picture.ts";
import { ADMIN, answers, ask, check, composer, lastAnswerIs, questions, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** Set-up from elsewhere needs the token; an access code lets guests in, who see nobody else's conversations; an image is sent and seen. */
export const scenario: Scenario = {
  environment: { ACCESS_CODE: "open sesame", PORTICO_ALLOW_HTTP: "1" },
  async run({ server, browser, step }) {
    step("whoever comes through a proxy is asked for the set-up token");
    const far = await browser.context({ extraHTTPHeaders: { "X-Forwarded-For": "203.0.113.9" } });
    const stranger = await far.newPage();
    await stranger.goto(server.base);
    await stranger.getByLabel("Name").fill("Mallory");
    await stranger.getByLabel("E-mail").fill("mallory@example.org");
    await stranger.getByLabel("Password").fill("let me in, please");
    await stranger.getByLabel("Set-up token").fill("guess");
    await stranger.getByRole("button", { name: "Create administrator" }).click();
    await stranger.getByRole("alert").getByText("token").waitFor();
    await far.close();

    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);

    step("an image is added, shown as a chip, sent and stored");
    await page.setInputFiles('input[type="file"]', { name: "red.png", mimeType: "image/png", buffer: picture(64) });
    await page.getByRole("list", { name: "To be sent with the message" }).getByText("Ready").waitFor();
    await ask(page, "What is in this image?");
    await lastAnswerIs(page, "done", 60_000);
    await page.reload();
    const image = questions(page).last().locator("img");
    await image.waitFor();
    const width = await image.evaluate((element) => (element as HTMLImageElement).naturalWidth);
    check(width === 64, `the stored image is ${width} px wide`);
    await answers(page).last().getByText("image/png").waitFor();
    check((await page.getByRole("list", { name: "To be sent with the message" }).count()) === 0, "the chip is still there");

    step("a guest enters with the code and sees an empty list");
    const other = await browser.context();
    const guest = await other.newPage();
    await guest.goto(server.base);
    await guest.getByLabel("Access code").fill("wrong");
    await guest.getByRole("button", { name: "Sign in" }).click();
    await guest.getByRole("alert").waitFor();
    await guest.getByLabel("Access code").fill("open sesame");
    await guest.getByRole("button", { name: "Sign in" }).click();
    await composer(guest).waitFor();
    await guest.getByText("Your conversations will be listed here.").waitFor();
    await guest.goto(page.url());
    await guest.getByRole("heading", { name: "No such conversation" }).waitFor();

    step("an ended session is a layer over the page, and the draft stays");
    await composer(page).fill("half a thought");
    await context.clearCookies();
    await page.getByRole("button", { name: "Answer again" }).last().click();
    await page.getByRole("menuitem", { name: /Same model/ }).click();
    const layer = page.getByRole("dialog", { name: "Your session ended" });
    await layer.getByRole("button", { name: "Use e-mail and password" }).or(layer.getByLabel("Password")).first().waitFor();
    await layer.getByLabel("Password").fill(ADMIN.password);
    await layer.getByRole("button", { name: "Sign in", exact: true }).click();
    await layer.waitFor({ state: "detached" });
    check((await composer(page).inputValue()) === "half a thought", "the draft is lost");
  },
};
