import type { Page, Response } from "playwright-core";
import { ask, check, composer, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const SECTIONS = ["profile", "appearance", "password", "keys", "sessions", "shares", "instance", "providers", "users"];
const SHIFT = 0.01;

/** The look from the first paint on: nothing flashes, nothing jumps, what is written early stays; and every screen fits a narrow window. */
export const scenario: Scenario = {
  async run({ server, browser, step }) {
    const context = await browser.context({ colorScheme: "dark" });
    const page = await context.newPage();
    await setUp(page, server.base);
    await ask(page, "/echo a conversation to come back to");
    await lastAnswerIs(page, "done");
    const conversation = page.url();

    step("in the dark, no paint is light: not before the scripts, not after");
    for (const address of [server.base, conversation]) check((await darkness(page, address)) < 60, `a light flash at ${address}`);

    step("what is written before the page runs is in the composer, with the caret; nothing jumps until the page is at rest");
    for (const address of [`${server.base}/`, conversation]) await early(page, address);

    step("a sidebar that was drawn wider is so before the page runs; a folded one is not drawn then either");
    await page.goto(server.base);
    await page.getByRole("separator", { name: "Width of the sidebar" }).press("End");
    for (const address of [`${server.base}/`, conversation]) await early(page, address);
    await page.reload({ waitUntil: "commit" });
    const outline = await (await context.request.get(server.base)).text();
    check(outline.includes("--sidebar-width:400px"), "the server does not know how wide the list is");
    await page.getByRole("button", { name: "Hide sidebar" }).click();
    for (const address of [`${server.base}/`, conversation]) await early(page, address);
    await page.reload();
    await page.getByRole("button", { name: "Show sidebar" }).click();

    step("choices show at once and are the server's at the next load, before any script");
    await page.goto(`${server.base}/settings/appearance`);
    for (const choice of ["Light", "Teal", "Extra large", "Wide", "Compact", "Always reduced"])
      await page.getByText(choice, { exact: true }).click();
    let html = "";
    for (let tries = 0; tries < 50 && !html.includes('data-motion="reduced"'); tries += 1) {
      await page.waitForTimeout(100);
      html = await (await context.request.get(server.base)).text();
    }
    for (const attribute of [
      'theme="light"',
      'accent="teal"',
      'text-size="x-large"',
      'chat-width="wide"',
      'density="compact"',
      'motion="reduced"',
    ])
      check(html.includes(`data-${attribute}`), `the server does not know ${attribute}`);
    await page.goto(conversation);
    const size = await page
      .locator(".prose")
      .first()
      .evaluate((element) => getComputedStyle(element).fontSize);
    check(size === "20px", `the text is ${size}`);

    step("the brand colours the page, for strangers too");
    await page.goto(`${server.base}/settings/instance`);
    await page.getByLabel("Brand colour").fill("#c2185b");
    await page.getByRole("button", { name: /Use Portico/ }).waitFor();
    const stranger = await (await browser.context()).newPage();
    await stranger.goto(server.base);
    await stranger.locator("form").waitFor();
    const hue = await stranger.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--brand-hue"));
    check(Math.abs(Number(hue) - 5) < 12, `the stranger's page has the hue ${hue}`);
    await stranger.goto(`${server.base}/s/over`);
    await stranger.getByRole("heading", { level: 1 }).waitFor();
    const shared = await stranger.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--brand-hue"));
    check(shared === hue, `the page of a link has the hue ${shared}`);

    step("titles and the focus follow the view");
    await page.goto(server.base);
    await composer(page).waitFor();
    await page.getByRole("link", { name: "New conversation" }).first().focus();
    await page.goto(`${server.base}/settings/profile`);
    await page.locator("main h1, main h2").first().waitFor();
    check((await page.title()).startsWith("Settings"), `the title is ${await page.title()}`);
    await page
      .locator(`nav a[href="${new URL(conversation).pathname}"]`)
      .first()
      .click();
    await composer(page).waitFor();
    check(await page.evaluate(() => document.getElementById("main")?.contains(document.activeElement)), "the focus stayed behind");

    step("at 320 pixels and at 200 % nothing has to be scrolled sideways");
    for (const size of [
      { width: 320, height: 640 },
      { width: 640, height: 400 },
    ])
      for (const address of [server.base, conversation, ...SECTIONS.map((section) => `${server.base}/settings/${section}`)]) {
        await page.setViewportSize(size);
        await page.goto(address);
        await page.locator("main h1, main h2, #composer:not([data-early])").first().waitFor();
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        check(excess <= 0, `${address} is ${excess} px too wide at ${size.width}`);
      }

    step("the first paint of / needs at most six requests");
    const counted = await (await browser.context({ storageState: await context.storageState(), serviceWorkers: "block" })).newPage();
    const asked: string[] = [];
    counted.on("response", (response: Response) => asked.push(new URL(response.url()).pathname));
    await counted.goto(server.base);
    await counted
      .getByRole("heading", { name: /How can I help|Still up|Good|Welcome|What/ })
      .first()
      .waitFor();
    const needed = asked.filter((path) => path === "/" || /^\/assets\/(?:shell|rolldown-runtime|core)-/.test(path));
    check(needed.length <= 5, `the first paint asked for ${needed.join(" ")}`); // and the manifest, which a browser fetches at leisure
  },
};

/** The lightest that the window becomes while a page loads slowly: the mean of a picture taken while its script is held back, 0 to 255. */
async function darkness(page: Page, address: string): Promise<number> {
  let lightest = 0;
  const release = await hold(page);
  await page.goto(address, { waitUntil: "commit" });
  await page.waitForTimeout(600);
  lightest = Math.max(lightest, await brightness(page));
  release();
  await page.locator("#composer:not([data-early])").waitFor();
  return Math.max(lightest, await brightness(page));
}

async function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const color = getComputedStyle(document.body).backgroundColor;
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const paint = canvas.getContext("2d");
    if (!paint) return 255;
    paint.fillStyle = color;
    paint.fillRect(0, 0, 1, 1);
    return Math.max(...paint.getImageData(0, 0, 1, 1).data.slice(0, 3));
  });
}

/** Holds the page's script back until the function that it returns is called. */
async function hold(page: Page): Promise<() => void> {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/\/assets\/shell-[\w-]+\.js/, async (route) => {
    await gate;
    await route.continue().catch(() => undefined);
  });
  return () => {
    release();
    void page.unroute(/\/assets\/shell-[\w-]+\.js/);
  };
}

async function early(page: Page, address: string): Promise<void> {
  const context = await page
    .context()
    .browser()
    ?.newContext({ storageState: await page.context().storageState(), serviceWorkers: "block" });
  const own = await context?.newPage();
  if (!own) throw new Error("no browser");
  await own.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) shifts.push(entry.value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  const release = await hold(own);
  await own.goto(address, { waitUntil: "commit" });
  await own.locator("#composer[data-early]").click();
  await own.keyboard.type("typed early");
  await own.keyboard.press("ArrowLeft");
  const before = await own.locator("#composer").boundingBox();
  release();
  await own.locator("#composer:not([data-early])").waitFor();
  await own.waitForFunction(() => document.querySelector<HTMLTextAreaElement>("#composer")?.value === "typed early");
  await own.waitForTimeout(2_000);
  const caret = await own.evaluate(() => {
    const field = document.activeElement;
    return field instanceof HTMLTextAreaElement && field.id === "composer" ? field.selectionStart : -1;
  });
  check(caret === "typed earl".length, `the caret is at ${caret}`);
  const after = await own.locator("#composer").boundingBox();
  const moved = Math.abs((after?.y ?? 0) - (before?.y ?? 0));
  check(moved <= 60, `the composer moved by ${moved} px`);
  const shift = await own.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0));
  check(shift <= SHIFT, `the layout of ${address} shifted by ${shift}`);
  await own.locator("#composer").fill("");
  await context?.close();
}
