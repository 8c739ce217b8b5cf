/** Renders the screens into docs/images: the usual look by its name, and under all/ every screen in light and dark, English and Chinese, wide and phone. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { TestBrowser } from "./browser.ts";
import { Server } from "./server.ts";
import { ADMIN } from "./steps.ts";

type Look = { theme: "light" | "dark"; locale: "en" | "zh-CN"; size: "wide" | "phone" };

const FOLDER = resolve(import.meta.dirname, process.env.PORTICO_SHOTS ?? "../../docs/images");
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const USUAL: Look = { theme: "light", locale: "en", size: "wide" };
const ALL: Look[] = (["light", "dark"] as const).flatMap((theme) =>
  (["en", "zh-CN"] as const).flatMap((locale) => (["wide", "phone"] as const).map((size) => ({ theme, locale, size }))),
);
// `node e2e/shots.ts usual` renders only what the documentation shows: these, in the usual look, under their plain names.
const LOOKS = process.argv[2] === "usual" ? [USUAL] : ALL;
const NAMED = new Set(["set-up", "sign-in", "home", "answer", "stopped", "failed", "reconnecting", "resumed", "providers"]);
const TEXTS = {
  en: { tour: "Show me what you can do", stop: "Tell me about yourself", failed: "/fail provider_quota", tool: "/tool current_time {}" },
  "zh-CN": { tour: "展示一下你的能力", stop: "介绍一下你自己", failed: "/fail provider_quota", tool: "/tool current_time {}" },
};

mkdirSync(`${FOLDER}/all`, { recursive: true });
const server = await Server.start();
const browser = await TestBrowser.open();
try {
  for (const look of LOOKS) await beforeSignIn(look, "set-up");
  await makeAdministrator();
  for (const look of LOOKS) {
    await beforeSignIn(look, "sign-in");
    await signedIn(look);
  }
  await resumed(USUAL);
} finally {
  await browser.close();
  await server.stop();
}
if (browser.complaints.length) {
  console.error(browser.complaints.join("\n"));
  process.exit(1);
}

function open(look: Look): Promise<BrowserContext> {
  return browser.context({ viewport: SIZES[look.size], colorScheme: look.theme, locale: look.locale, deviceScaleFactor: 1 });
}

async function shoot(page: Page, screen: string, look: Look): Promise<void> {
  await page.waitForTimeout(250);
  const usual = look.theme === USUAL.theme && look.locale === USUAL.locale && look.size === USUAL.size;
  const name =
    usual && NAMED.has(screen) ? `${screen}.png` : `all/${screen}-${look.theme}-${look.locale === "en" ? "en" : "zh"}-${look.size}.png`;
  await page.screenshot({ path: `${FOLDER}/${name}`, animations: "disabled" });
  console.log(name);
}

async function beforeSignIn(look: Look, screen: string): Promise<void> {
  const context = await open(look);
  const page = await context.newPage();
  await page.goto(server.base);
  await page.locator("form").waitFor();
  await shoot(page, screen, look);
  await context.close();
}

async function makeAdministrator(): Promise<void> {
  const answer = await fetch(`${server.base}/api/setup`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Sec-Fetch-Site": "same-origin", Origin: server.base },
    body: JSON.stringify(ADMIN),
  });
  if (!answer.ok) throw new Error(`set-up: ${answer.status} ${await answer.text()}`);
}

/** A page of the administrator in one look; language and theme are set first, as a person would have them. */
async function enter(look: Look): Promise<Page> {
  const context = await open(look);
  const page = await context.newPage();
  await page.goto(server.base);
  const answer = await page.evaluate(async (admin) => {
    const headers = { "Content-Type": "application/json" };
    const entered = await fetch("api/session", {
      method: "POST",
      headers,
      body: JSON.stringify({ email: admin.email, password: admin.password }),
    });
    return { status: entered.status, user: (await entered.json()).user };
  }, ADMIN);
  if (answer.status !== 200) throw new Error(`sign-in: ${answer.status}`);
  await page.evaluate(
    async ({ user, locale, theme }) => {
      await fetch(`api/users/${user}`, {
        method: "PATCH",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ locale, theme }),
      });
    },
    { user: answer.user.id, locale: look.locale, theme: look.theme },
  );
  await page.goto(server.base);
  await page.locator("#composer").waitFor();
  return page;
}

async function send(page: Page, text: string): Promise<void> {
  await page.locator("#composer").fill(text);
  await page.locator("#composer").press("Enter");
}

async function answered(page: Page, status: string): Promise<void> {
  await page.locator(`article[data-role="assistant"][data-status="${status}"]`).last().waitFor({ timeout: 60_000 });
}

async function begin(page: Page): Promise<void> {
  await page.goto(server.base);
  await page.locator("#composer").waitFor();
}

async function signedIn(look: Look): Promise<void> {
  const page = await enter(look);
  const texts = TEXTS[look.locale];
  await shoot(page, "home", look);
  await send(page, texts.tour);
  await page.waitForTimeout(2_600);
  await shoot(page, "answer", look);
  await answered(page, "done");
  await page.locator("iframe.diagram:not(.invisible)").waitFor();
  await shoot(page, "answered", look);
  await begin(page);
  await send(page, texts.stop);
  await page.waitForTimeout(1_800);
  await page.keyboard.press("Escape");
  await answered(page, "stopped");
  await shoot(page, "stopped", look);
  await begin(page);
  await send(page, texts.failed);
  await answered(page, "failed");
  await shoot(page, "failed", look);
  await begin(page);
  await send(page, texts.tool);
  await answered(page, "done");
  await page.getByRole("button", { name: /Current time/ }).click();
  await shoot(page, "tool", look);
  await page.locator("#model-picker").click();
  await page.getByRole("listbox").waitFor();
  await shoot(page, "models", look);
  await page.goto(`${server.base}/settings/providers`);
  await page.getByRole("button", { name: /Demo/ }).first().click();
  await shoot(page, "providers", look);
  await page.goto(`${server.base}/settings/profile`);
  await page.locator("main h1").waitFor();
  await shoot(page, "profile", look);
  if (look.size === "phone") {
    await begin(page);
    await page.locator("main button").first().click();
    await shoot(page, "sidebar", look);
  }
  await page.context().close();
}

/** The server is killed in the middle of an answer: first the bar that says so, then the whole answer. */
async function resumed(look: Look): Promise<void> {
  const page = await enter(look);
  await send(page, TEXTS[look.locale].tour);
  await page.waitForTimeout(1_500);
  await server.kill();
  await page.getByTestId("connection").waitFor();
  await page.locator("[data-testid=connection] >> text=/./").waitFor();
  await shoot(page, "reconnecting", look);
  await server.up();
  await answered(page, "done");
  await shoot(page, "resumed", look);
  await page.context().close();
}
