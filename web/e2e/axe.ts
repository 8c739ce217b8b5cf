import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Page } from "playwright-core";

const AXE = readFileSync(resolve(import.meta.dirname, "../node_modules/axe-core/axe.min.js"), "utf8");

/**
 * What axe-core finds wrong with a page, a line each. It is put into the page from outside, which the page's own policy rightly refuses: the
 * context has to be made with `bypassCSP`, and without motion, so that nothing is measured half faded in.
 */
export async function violations(page: Page): Promise<string[]> {
  await page.waitForTimeout(250);
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Result = { violations: { id: string; nodes: { html: string }[] }[] };
    const { axe } = globalThis as unknown as { axe: { run: () => Promise<Result> } };
    return (await axe.run()).violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.html).join(" ")}`);
  });
}
