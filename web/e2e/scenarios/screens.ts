import type { Page } from "playwright-core";
import { violations } from "../axe.ts";
import { type Furnished, furnish, INSIDE, OUTSIDE, sayIn, type Visit } from "../screens.ts";
import { check, setUp } from "../steps.ts";
import { smallTargets } from "../targets.ts";
import type { Scenario } from "./scenario.ts";

/** axe-core finds nothing on any screen, light in English and dark in Chinese. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const first = await browser.context({ bypassCSP: true, reducedMotion: "reduce" });
    const page = await first.newPage();
    await page.goto(server.base);
    await page.locator("form").waitFor();
    const found = (await violations(page)).map((line) => `set-up: ${line}`);
    await setUp(page, server.base);
    const furnished = await furnish(page);
    await page.close();
    for (const [theme, locale] of LOOKS) {
      step(`every screen, ${theme}, ${locale}`);
      const context = await browser.context({ bypassCSP: true, reducedMotion: "reduce", colorScheme: theme, locale });
      const outside = await context.newPage();
      found.push(...(await visit(OUTSIDE, outside, server.base, locale, furnished, theme)));
      await context.addCookies(await first.cookies());
      const inside = await context.newPage();
      await inside.goto(server.base);
      await inside.evaluate(
        async (settings) => {
          const headers = { "Content-Type": "application/json" };
          await fetch("/api/settings", { method: "PATCH", headers, body: JSON.stringify(settings) });
        },
        { locale, theme },
      );
      found.push(...(await visit(INSIDE, inside, server.base, locale, furnished, theme)));
      await context.close();
    }
    step("on a phone nothing to press is lower than 44 px");
    const phone = await browser.context({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      storageState: await first.storageState(),
    });
    const held = await phone.newPage();
    for (const screen of INSIDE.filter(({ name }) => PRESSED.has(name))) {
      await screen.show({ page: held, base: server.base, locale: "zh-CN", say: sayIn("zh-CN"), furnished });
      found.push(...(await smallTargets(held)).map((line) => `${screen.name}, phone: ${line}`));
    }
    await phone.close();
    check(found.length === 0, found.join("\n"));
  },
};

/** The screens with the most to press. */
const PRESSED = new Set([
  "home",
  "failed",
  "models",
  "settings-keys",
  "settings-sessions",
  "settings-providers",
  "settings-users",
  "sidebar",
]);

/** Contrast does not depend on the language, nor names on the theme: two looks see all that four would. */
const LOOKS = [
  ["light", "en"],
  ["dark", "zh-CN"],
] as const;

async function visit(
  screens: typeof INSIDE,
  page: Page,
  base: string,
  locale: Visit["locale"],
  furnished: Furnished,
  theme: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const screen of screens) {
    if (screen.phone) continue;
    await screen.show({ page, base, locale, say: sayIn(locale), furnished });
    found.push(...(await violations(page)).map((line) => `${screen.name}, ${theme}, ${locale}: ${line}`));
  }
  return found;
}
