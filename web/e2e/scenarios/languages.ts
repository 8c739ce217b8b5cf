import { cpSync, rmSync } from "node:fs";
import type { Page } from "playwright-core";
import { ADMIN, ask, check, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const SECTIONS = ["profile", "appearance", "password", "keys", "sessions", "shares", "instance", "providers", "users"];
/** Words that are no text of ours: names, what people and models wrote, data, what the browser's own formats make. */
const FOREIGN = [
  /^Portico$/,
  /^Ada\b/,
  /ada@example\.org/,
  /Demo\b/,
  /^demo\b/,
  /^English$|^简体中文$/,
  /\d/,
  /^\/?echo\b/,
  /^[\w.-]+\/[\w.-]+$/,
  /^Google|^OpenAI|^Anthropic|^Ollama|^Enter$|^Ctrl|^⌘|^UTC$/,
];

/** A language is a file: two that nobody speaks are added by theirs alone, and every screen follows them, also from right to left. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const folder = process.env.PORTICO_STATIC ?? "";
    rmSync(folder, { recursive: true });
    cpSync(process.env.PORTICO_NEXT ?? "", folder, { recursive: true });
    await server.restart();
    const context = await browser.context();
    const page = await context.newPage();

    step("the new languages are in the menu of the first page, by their own names");
    await page.goto(server.base);
    await page.locator("form").waitFor();
    const names = await page.locator("select option").allInnerTexts();
    check(
      ["English", "简体中文", "⟦Áççéñts⟧", "⟦Ríght tö léft⟧"].every((name) => names.includes(name)),
      `there are ${names.join(", ")}`,
    );
    await setUp(page, server.base);
    await ask(page, "/echo 1");
    await lastAnswerIs(page, "done");
    const conversation = page.url();

    step("the server takes them, and refuses what the page does not have");
    const answers = await page.evaluate(async () => {
      const patch = (locale: string) =>
        fetch("/api/settings", { method: "PATCH", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ locale }) });
      return [(await patch("fr")).status, (await patch("en-XA")).status];
    });
    check(answers.join() === "422,200", `the server answered ${answers.join()}`);

    step("no screen has a text that is not in the catalogue");
    const hardCoded = new Set<string>();
    for (const address of addresses(server.base, conversation)) {
      await visit(page, address);
      check((await page.locator("html").getAttribute("lang")) === "en-XA", "the page speaks another language");
      for (const text of await untranslated(page)) hardCoded.add(`${new URL(address).pathname}: ${text}`);
    }
    check(hardCoded.size === 0, `texts that are not in the catalogue:\n${[...hardCoded].join("\n")}`);

    step("from right to left, every screen fits, wide and narrow");
    await page.evaluate(() =>
      fetch("/api/settings", {
        method: "PATCH",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ locale: "ar-XB" }),
      }),
    );
    for (const width of [1280, 390])
      for (const address of addresses(server.base, conversation)) {
        await page.setViewportSize({ width, height: 800 });
        await visit(page, address);
        check((await page.locator("html").getAttribute("dir")) === "rtl", "the page does not run from the right");
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        check(excess <= 0, `${address} is ${excess} px too wide at ${width}, from right to left`);
        if (width > 768) check((await page.getByRole("navigation").first().boundingBox())?.x !== 0, "the sidebar stands at the left");
      }
    if (process.env.PORTICO_EVIDENCE) await page.screenshot({ path: `${process.env.PORTICO_EVIDENCE}/rtl.png` }).catch(() => undefined);
  },
};

function addresses(base: string, conversation: string): string[] {
  return [`${base}/`, conversation, ...SECTIONS.map((section) => `${base}/settings/${section}`)];
}

async function visit(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await page.locator("main h1, main h2, #composer:not([data-early])").first().waitFor();
  await page.waitForTimeout(300);
}

/** What a person reads or hears on this screen that carries no sign of the catalogue. */
async function untranslated(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const holder = node.parentElement;
      if (holder && !holder.closest("script, style, .prose, article [data-part], code, textarea, title"))
        found.push(node.textContent ?? "");
    }
    for (const element of document.body.querySelectorAll("[aria-label], [title], [placeholder], [alt]"))
      for (const name of ["aria-label", "title", "placeholder", "alt"]) found.push(element.getAttribute(name) ?? "");
    return found;
  });
  const plain = texts.map((text) => text.replace(/\s+/g, " ").trim()).filter((text) => /[A-Za-z]{3,}/.test(text));
  const known = plain.filter((text) => text.includes("⟦") || text.includes(ADMIN.name) || FOREIGN.some((pattern) => pattern.test(text)));
  return [...new Set(plain.filter((text) => !known.includes(text)))];
}
