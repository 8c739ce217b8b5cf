import type { Locator, Page } from "playwright-core";

export const ADMIN = { name: "Ada", email: "ada@example.org", password: "correct horse battery" };

/** The first run, up to the home page with the demo model. */
export async function setUp(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/`);
  await page.getByLabel("Name").fill(ADMIN.name);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Create administrator" }).click();
  await page.getByRole("button", { name: /Skip/ }).click();
  await page.getByRole("heading", { name: /How can I help/ }).waitFor();
}

export async function signIn(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/`);
  await page.getByLabel("E-mail").fill(ADMIN.email);
  await page.getByLabel("Password").fill(ADMIN.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await composer(page).waitFor();
}

/** The page's own composer, and not the one that stands in its place until the page runs. */
export const composer = (page: Page): Locator =>
  page.getByRole("textbox", { name: "Message" }).and(page.locator("#composer:not([data-early])"));
export const answers = (page: Page): Locator => page.locator('article[data-role="assistant"]');
export const questions = (page: Page): Locator => page.locator('article[data-role="user"]');

export async function chooseModel(page: Page, name: string): Promise<void> {
  await page.locator("#model-picker").click();
  await page.getByRole("combobox", { name: "Search models" }).fill(name);
  await page.getByRole("option", { name }).first().click();
}

/** Sends a message and waits until it stands in the conversation, with the answer's place under it. */
export async function ask(page: Page, text: string): Promise<void> {
  const before = await questions(page).count();
  await composer(page).fill(text);
  await composer(page).press("Enter");
  await questions(page).nth(before).waitFor();
  await answers(page).nth(before).waitFor();
}

/** Waits until the last answer has a state, such as `done` or `stopped`. */
export async function lastAnswerIs(page: Page, status: string, timeout = 30_000): Promise<void> {
  await page.locator(`article[data-role="assistant"][data-status="${status}"] >> nth=-1`).waitFor({ timeout });
  await page.waitForFunction(
    (wanted) => [...document.querySelectorAll('article[data-role="assistant"]')].at(-1)?.getAttribute("data-status") === wanted,
    status,
    { timeout },
  );
}

export async function lastAnswerText(page: Page): Promise<string> {
  const text = await answers(page).last().locator(".prose").allInnerTexts();
  return text.join("\n").trim();
}

/** Waits until the answer under way shows at least `length` characters. */
export async function answerGrows(page: Page, length: number): Promise<void> {
  await page.waitForFunction(
    (least) => {
      const last = [...document.querySelectorAll('article[data-role="assistant"]')].at(-1);
      return [...(last?.querySelectorAll(".prose") ?? [])].map((part) => part.textContent ?? "").join("").length >= least;
    },
    length,
    { timeout: 20_000 },
  );
}

export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
