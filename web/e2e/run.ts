/** Runs one browser test of `scenarios/` against a real server: `node e2e/run.ts <scenario>`. Ends with 1, and says why, when it fails. */
import { mkdirSync, readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { TestBrowser } from "./browser.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { Server } from "./server.ts";

const name = process.argv[2] ?? "";
const names = readdirSync(resolve(import.meta.dirname, "scenarios"))
  .map((file) => basename(file, ".ts"))
  .filter((file) => file !== "scenario");
if (!names.includes(name)) {
  console.error(`no scenario ${name}; there are ${names.join(", ")}`);
  process.exit(2);
}
const scenario: Scenario = (await import(`./scenarios/${name}.ts`)).scenario;

const server = await Server.start(scenario.environment, scenario.command);
const browser = await TestBrowser.open({ scrollbars: scenario.scrollbars });
const begun = performance.now();
let failure: unknown = null;
try {
  await scenario.run({ server, browser, step: (text) => console.log(`- ${text} [${seconds()}]`) });
  if (browser.complaints.length) throw new Error(`the browser complained:\n${browser.complaints.join("\n")}`);
} catch (error) {
  failure = error;
  await keepEvidence();
} finally {
  await browser.close();
  await server.stop();
}
if (failure) {
  console.error(failure, `\ncomplaints: ${browser.complaints.join("\n")}\nserver log:\n${server.log}`);
  process.exit(1);
}

/** Since the browser was there: a slow step is seen beside the others. */
function seconds(): string {
  return `at ${((performance.now() - begun) / 1000).toFixed(1)} s`;
}

/** A picture of every open page, for whoever has to find out. */
async function keepEvidence(): Promise<void> {
  const folder = process.env.PORTICO_EVIDENCE;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  for (const [index, page] of browser.pages().entries())
    await page.screenshot({ path: `${folder}/${name}-${index}.png` }).catch(() => undefined);
}
