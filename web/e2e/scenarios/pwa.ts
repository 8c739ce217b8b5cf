import { cpSync, rmSync } from "node:fs";
import type { Page } from "playwright-core";
import { ADMIN, ask, check, composer, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

/** The page as an installed application, under a path: what is kept, what is shown offline, how a new version comes, how it is all forgotten. */
export const scenario: Scenario = {
  environment: { PORTICO_BASE_PATH: "/portico" },
  async run({ server, browser, step }) {
    const context = await browser.context();
    const page = await context.newPage();
    await setUp(page, server.base);

    step("the worker takes its place after the first paint, below the path, and the browser would install the page");
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
    check(new URL(scope).pathname === "/portico/", `the worker's scope is ${scope}`);
    const cdp = await context.newCDPSession(page);
    const { installabilityErrors } = await cdp.send("Page.getInstallabilityErrors");
    // A private window may never install; it is the only thing that a test's own profile lacks.
    const lacks = installabilityErrors.map((error) => error.errorId).filter((id) => id !== "in-incognito");
    check(lacks.length === 0, `the page cannot be installed: ${lacks.join(", ")}`);
    const { data, errors } = await cdp.send("Page.getAppManifest");
    check(
      errors.length === 0 && JSON.parse(data ?? "{}").scope === "/portico/",
      `the manifest is wrong: ${JSON.stringify(errors)} ${data}`,
    );

    step("only files of the build and the offline page are kept");
    await ask(page, "/echo something of a person");
    await lastAnswerIs(page, "done");
    const kept = await keptPaths(page);
    check(kept.length > 5 && kept.every((path) => /^\/portico\/(?:assets\/|offline\.html$)/.test(path)), `kept: ${kept.join(" ")}`);
    check(!(await keptText(page)).includes("something of a person"), "a person's words are in the cache");

    step("where nobody answers, a page says so; it leads back by itself");
    const address = page.url();
    await server.kill();
    await page.reload();
    await page.getByRole("heading", { name: "No connection" }).waitFor();
    check(page.url() === address, "the address was lost");
    await page.getByRole("link", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "No connection" }).waitFor();
    await server.up();
    await page.getByText("something of a person").first().waitFor();

    step("a new version is announced, and nothing happens before the person wants it");
    await composer(page).fill("half a thought");
    const loads: string[] = [];
    page.on("load", () => loads.push(page.url()));
    await server.kill();
    const folder = process.env.PORTICO_STATIC ?? "";
    rmSync(folder, { recursive: true });
    cpSync(process.env.PORTICO_NEXT ?? "", folder, { recursive: true });
    await server.up();
    await page.getByText("A new version is ready.").waitFor({ timeout: 60_000 });
    await page.waitForTimeout(500);
    check(loads.length === 0, "the page was loaded again without being asked");
    check((await composer(page).inputValue()) === "half a thought", "the draft is gone");
    await page.getByRole("button", { name: "Reload" }).click();
    await page.waitForFunction(() => document.querySelector("#composer:not([data-early])"));
    check(String(loads.length) === "1", `the page was loaded ${loads.length} times`);
    check((await composer(page).inputValue()) === "half a thought", "the draft is lost in the new version");
    await page.waitForFunction(async () => (await caches.keys()).length === 2);
    check((await page.getByText("A new version is ready.").count()) === 0, "the new version announces itself");

    step("signing out forgets what the device kept");
    await page.getByRole("button", { name: ADMIN.name }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("E-mail").waitFor();
    const databases = await page.evaluate(async () => (await indexedDB.databases()).length);
    check(databases === 0, "the query cache is still there");

    step("a server that wants no worker takes it away, and leaves alone what others on the host keep");
    const others = ["portico::1", "portico:/porticoes:1", "theirs"];
    await page.evaluate((names) => Promise.all(names.map((name) => caches.open(name))).then(() => undefined), others);
    await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 1);
    await server.restart({ PORTICO_SERVICE_WORKER: "0" });
    await page.reload();
    await page.waitForFunction(
      async () => (await navigator.serviceWorker.getRegistrations()).length === 0 && (await caches.keys()).length <= 3,
    );
    const left = await page.evaluate(() => caches.keys());
    check(
      others.every((name) => left.includes(name)),
      `only these caches are left: ${left.join(", ")}`,
    );
  },
};

function keptPaths(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys())
      for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
    return found;
  });
}

function keptText(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const offline = await caches.match("/portico/offline.html");
    return (await offline?.text()) ?? "";
  });
}
