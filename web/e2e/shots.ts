/** Renders the screens into docs/images: the usual look by its name, and under all/ every screen in light and dark, English and Chinese, wide and phone. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { TestBrowser } from "./browser.ts";
import { answered, begin, type Furnished, furnish, INSIDE, type Locale, OUTSIDE, sayIn, send, TEXTS, type Visit } from "./screens.ts";
import { Server } from "./server.ts";
import { ADMIN } from "./steps.ts";

type Look = { theme: "light" | "dark"; locale: Locale; size: "wide" | "phone" };

const FOLDER = resolve(import.meta.dirname, process.env.PORTICO_SHOTS ?? "../../docs/images");
const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const USUAL: Look = { theme: "light", locale: "en", size: "wide" };
const ALL: Look[] = (["light", "dark"] as const).flatMap((theme) =>
  (["en", "zh-CN"] as const).flatMap((locale) => (["wide", "phone"] as const).map((size) => ({ theme, locale, size }))),
);
// What the documentation shows, by plain names; everything else goes under all/.
const NAMED: Record<string, string> = {
  "set-up-light-en-wide": "set-up",
  "sign-in-light-en-wide": "sign-in",
  "home-light-en-wide": "home",
  "answer-light-en-wide": "answer",
  "answer-dark-zh-wide": "answer-zh-dark",
  "answered-light-zh-phone": "answer-zh-phone",
  "stopped-light-en-wide": "stopped",
  "failed-light-en-wide": "failed",
  "compare-light-en-wide": "compare",
  "palette-dark-en-wide": "palette-dark",
  "settings-providers-light-en-wide": "providers",
  "settings-users-light-en-wide": "users",
  "shared-light-en-wide": "shared",
  "reconnecting-light-en-wide": "reconnecting",
  "resumed-light-en-wide": "resumed",
};
// Screens, or one look of a screen (`home-dark-zh-phone`); `named` is what the documentation shows.
const chosen = (process.argv[2] ?? "").split(",").filter(Boolean);
const only = new Set(chosen.flatMap((name) => (name === "named" ? Object.keys(NAMED) : name)));

mkdirSync(`${FOLDER}/all`, { recursive: true });
const server = await Server.start();
const browser = await TestBrowser.open();
const failures: string[] = [];
try {
  for (const look of ALL) if (wanted("set-up", look)) await visitSetUp(look);
  const furnished = await makeAdministrator();
  for (const look of ALL) {
    if (OUTSIDE.some(({ name }) => wanted(name, look))) await visitOutside(look, furnished);
    if (wanted("answer", look) || INSIDE.some(({ name }) => wanted(name, look))) await visitInside(look, furnished);
  }
  if (wanted("reconnecting", USUAL) || wanted("resumed", USUAL)) await interrupted(USUAL);
} finally {
  await browser.close();
  await server.stop();
}
if (browser.complaints.length || failures.length) {
  console.error([...failures, ...browser.complaints].join("\n"));
  process.exit(1);
}

function nameOf(screen: string, look: Look): string {
  return `${screen}-${look.theme}-${look.locale === "en" ? "en" : "zh"}-${look.size}`;
}

function wanted(screen: string, look: Look): boolean {
  return only.size === 0 || only.has(screen) || only.has(nameOf(screen, look));
}

async function open(look: Look): Promise<Page> {
  const context = await browser.context({ viewport: SIZES[look.size], colorScheme: look.theme, locale: look.locale, deviceScaleFactor: 1 });
  return context.newPage();
}

async function shoot(page: Page, screen: string, look: Look): Promise<void> {
  await page.waitForTimeout(300);
  await page.waitForFunction(() => !document.querySelector("nav [aria-hidden] + .sr-only")); // A title is still being written.
  const full = nameOf(screen, look);
  const name = NAMED[full] ?? `all/${full}`;
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: "disabled" });
  console.log(name);
}

async function visitSetUp(look: Look): Promise<void> {
  const page = await open(look);
  await page.goto(server.base);
  await page.locator("form").waitFor();
  await shoot(page, "set-up", look);
  await page.context().close();
}

async function makeAdministrator(): Promise<Furnished> {
  const page = await open(USUAL);
  await page.goto(server.base);
  await page.locator("form").waitFor();
  const status = await page.evaluate(async (admin) => {
    const headers = { "Content-Type": "application/json" };
    return (await fetch("/api/setup", { method: "POST", headers, body: JSON.stringify(admin) })).status;
  }, ADMIN);
  if (status >= 300) throw new Error(`set-up: ${status}`);
  const furnished = await furnish(page);
  await page.context().close();
  return furnished;
}

async function visitOutside(look: Look, furnished: Furnished): Promise<void> {
  const page = await open(look);
  await visit(OUTSIDE, { page, base: server.base, locale: look.locale, say: sayIn(look.locale), furnished }, look);
  await page.context().close();
}

/** The screens of the administrator; language and theme are set first, as a person would have them. */
async function visitInside(look: Look, furnished: Furnished): Promise<void> {
  const page = await enter(look);
  const stage = { page, base: server.base, locale: look.locale, say: sayIn(look.locale), furnished };
  if (wanted("answer", look)) {
    await begin(stage);
    await send(page, TEXTS[look.locale].tour);
    await page.waitForTimeout(2_600);
    await shoot(page, "answer", look);
    await answered(page, "done");
  }
  await visit(INSIDE, stage, look);
  await page.context().close();
}

async function visit(screens: typeof INSIDE, stage: Visit, look: Look): Promise<void> {
  for (const screen of screens) {
    if ((screen.phone && look.size === "wide") || (screen.wide && look.size === "phone") || !wanted(screen.name, look)) continue;
    try {
      await screen.show(stage);
      await shoot(stage.page, screen.name, look);
    } catch (error) {
      failures.push(`${screen.name} ${JSON.stringify(look)}: ${error}`);
    }
  }
}

async function enter(look: Look): Promise<Page> {
  const page = await open(look);
  await page.goto(server.base);
  await page.locator("form").waitFor();
  await page.evaluate(
    async ({ admin, locale, theme }) => {
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify({ email: admin.email, password: admin.password });
      const entered = await fetch("/api/session", { method: "POST", headers, body });
      if (!entered.ok) throw new Error(`sign-in: ${entered.status}`);
      await fetch("/api/settings", { method: "PATCH", headers, body: JSON.stringify({ locale, theme }) });
    },
    { admin: ADMIN, locale: look.locale, theme: look.theme },
  );
  return page;
}

/** The server is killed in the middle of an answer: first the bar that says so, then the whole answer. */
async function interrupted(look: Look): Promise<void> {
  const page = await enter(look);
  await begin({ page, base: server.base });
  await send(page, TEXTS[look.locale].tour);
  await page.waitForTimeout(1_500);
  await server.kill();
  await page.locator("[data-testid=connection] >> text=/./").waitFor();
  await shoot(page, "reconnecting", look);
  await server.up();
  await answered(page, "done");
  await shoot(page, "resumed", look);
  await page.context().close();
}
