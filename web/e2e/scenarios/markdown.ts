import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";
import type { Page } from "playwright-core";
import { ScriptedModel } from "../model.ts";
import { picture } from "../picture.ts";
import { answers, ask, check, lastAnswerIs, setUp } from "../steps.ts";
import type { Scenario } from "./scenario.ts";

const ATTACKS = readFileSync(resolve(import.meta.dirname, "../../src/markdown/golden/attacks.md"), "utf8");
const HOST = `127.${(process.pid % 250) + 1}.77.2`; // An address of this machine that no other test listens on.
const LONG_CODE = Array.from({ length: 60 }, (_, index) => `line_${index + 1} = ${index + 1}`).join("\n");
const TOUR = `# A tour

Words with a note[^1], and a formula $E = mc^2$ in a sentence; **粗体。**后面。

| Name | Share |
| --- | ---: |
| one | 10 % |
| two | 20 % |

\`\`\`python
def answer() -> int:
    return 42
\`\`\`

\`\`\`python
${LONG_CODE}
\`\`\`

\`\`\`mermaid
graph LR
  A[Question] --> B[Answer]
\`\`\`

\`\`\`mermaid
graph LR
  A[Broken -->
\`\`\`

![A red square](http://${HOST}:8080/red.png)

![Nothing there](http://${HOST}:8080/missing.png)

${"Filler between the text and its notes.\n\n".repeat(20)}

[^1]: The note itself.
`;

const model = await ScriptedModel.start();

/** What the renderer shows beyond plain text, with every tool on it; and that no attack in an answer runs. */
export const scenario: Scenario = {
  environment: {
    ...model.environment,
    PORTICO_EGRESS_ALLOW: HOST,
  },
  async run({ server, browser, step }) {
    const asked: string[] = [];
    const site = createServer((request, response) => {
      asked.push(request.url ?? "");
      const found = request.url === "/red.png";
      response.writeHead(found ? 200 : 404, { "Content-Type": "image/png" }).end(found ? picture(40) : "");
    });
    await new Promise<void>((done) => site.listen(8080, HOST, done));
    try {
      const context = await browser.context();
      const page = await context.newPage();
      await setUp(page, server.base);
      model.answers.set("tour", { text: TOUR });
      model.answers.set("attacks", { text: ATTACKS });
      model.answers.set("stream", { text: TOUR, step: 40, pauseMs: 15 });
      await ask(page, "tour");
      await lastAnswerIs(page, "done");
      await tools(page, step);
      step("a remote image is fetched by the server, and only when it is asked for");
      check(asked.length === 0, `fetched unasked: ${asked}`);
      await images(page, asked);
      step("while an answer streams, nothing jumps and no half-open mark is shown");
      await streams(page);
      step("no attack runs, breaks the policy or reaches another site");
      await attacks(page);
    } finally {
      site.close();
      site.closeAllConnections();
      model.close();
    }
  },
};

async function tools(page: Page, step: (text: string) => void): Promise<void> {
  const answer = answers(page).last();
  step("formulas, bold Chinese, tables and colours are there");
  await answer.locator(".katex").first().waitFor();
  check((await answer.locator("strong").allInnerTexts()).includes("粗体。"), "the Chinese emphasis is not bold");
  await page.waitForFunction(() => {
    document.querySelector(".code-frame")?.scrollIntoView(); // colours come to what is in view
    return document.querySelector(".code-frame .hl-keyword");
  });

  step("a footnote leads to its text and back");
  await answer.locator("[role=doc-noteref]").click();
  await page.waitForFunction(() => document.activeElement?.textContent?.includes("The note itself."));
  await answer.locator("[role=doc-backlink]").click();
  await page.waitForFunction(() => document.activeElement?.id.includes("ref-1-1"));
  check(!page.url().includes("#"), "the address of the page changed");

  step("long code is folded, opens, and is saved as a file");
  const fold = answer.getByRole("button", { name: "Show all 60 lines" });
  await fold.click();
  await answer.getByRole("button", { name: "Show less" }).waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    answer.getByRole("button", { name: "Save as a file" }).first().click(),
  ]);
  check(download.suggestedFilename() === "code.py", `saved as ${download.suggestedFilename()}`);
  await answer.getByRole("button", { name: "Line numbers" }).click();
  check((await answer.locator(".code-lines").innerText()).endsWith("60"), "there are no line numbers");

  step("a table is saved as CSV, a diagram as SVG and PNG; a broken diagram shows its source and why");
  await answer.locator(".table-frame").hover();
  const [csv] = await Promise.all([page.waitForEvent("download"), answer.getByRole("button", { name: "Save as CSV" }).click()]);
  check(csv.suggestedFilename() === "table.csv", `saved as ${csv.suggestedFilename()}`);
  await page.locator(":not(.diagram-unseen) > iframe.diagram").waitFor();
  for (const [name, begins] of [
    ["Save as SVG", "<svg"],
    ["Save as PNG", "\u0089PNG"],
  ] as const) {
    const [file] = await Promise.all([page.waitForEvent("download"), answer.getByRole("button", { name }).click()]);
    check(readFileSync(await file.path(), "latin1").startsWith(begins), `${name} gives something else`);
  }
  await answer.getByRole("button", { name: "Show the source" }).click();
  await answer.locator(".diagram-source").getByText("A[Question]").waitFor();
  await answer.getByText("This diagram could not be drawn.").waitFor();

  step("a selection is copied as text that makes sense elsewhere");
  const copied = await page.evaluate(copySelection);
  for (const piece of ["$E = mc^2$", "Name\tShare\none\t10 %", "def answer() -> int:\n    return 42", "note[1]"])
    check(copied.includes(piece), `the copy lacks ${JSON.stringify(piece)}: ${copied.slice(0, 600)}`);
}

/** Selects the last answer and returns what its copy would put on the clipboard. */
function copySelection(): string {
  const prose = [...document.querySelectorAll(".prose")].at(-1);
  if (!prose) return "";
  document.getSelection()?.selectAllChildren(prose);
  const data = new DataTransfer();
  prose.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
  document.getSelection()?.removeAllRanges();
  return data.getData("text/plain");
}

async function images(page: Page, asked: string[]): Promise<void> {
  const answer = answers(page).last();
  const square = answer.locator(".remote-image").filter({ hasText: "A red square" });
  await square.getByRole("button", { name: "Load image" }).click();
  await answer.getByAltText("A red square").waitFor();
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".remote-image img")?.naturalWidth === 40);
  check(asked.join() === "/red.png", `asked for ${asked}`);
  const missing = answer.locator(".remote-image").filter({ hasText: "Nothing there" });
  await missing.getByRole("button", { name: "Load image" }).click();
  await missing.getByRole("alert").getByText("could not be loaded").waitFor();
  await answer
    .getByRole("checkbox", { name: /Always load/ })
    .first()
    .check();
  await page.reload();
  await page.waitForFunction(() => document.querySelector<HTMLImageElement>(".remote-image img")?.naturalWidth === 40);
  await answer.locator(".remote-image-place").filter({ hasText: "A red square" }).waitFor({ state: "detached" });
  await missing.getByRole("alert").waitFor(); // Nothing moves any more.
  await answer
    .getByRole("checkbox", { name: /Always load/ })
    .first()
    .uncheck();
}

type Watched = Window & { halves: string[]; fired: () => void; ran: number };

async function streams(page: Page): Promise<void> {
  await page.evaluate(() => {
    const halves: string[] = [];
    (window as unknown as Watched).halves = halves;
    new MutationObserver(() => {
      const last = [...document.querySelectorAll('article[data-role="assistant"] .prose')].at(-1);
      const text = [...(last?.querySelectorAll(":scope > p, :scope > table") ?? [])].map((part) => part.textContent).join("\n");
      const half = /\*\*|\$\$|\[\^|\]\(|^\|/m.exec(text);
      if (half) halves.push(text.slice(Math.max(0, half.index - 20), half.index + 20));
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  await ask(page, "stream");
  await lastAnswerIs(page, "done");
  const halves = await page.evaluate(() => (window as unknown as Watched).halves);
  check(halves.length === 0, `half-open marks were shown: ${JSON.stringify(halves.slice(0, 5))}`);
}

async function attacks(page: Page): Promise<void> {
  const elsewhere: string[] = [];
  page.on("request", (request) => {
    if (!new URL(request.url()).hostname.match(/^localhost$|^$/)) elsewhere.push(request.url());
  });
  await page.evaluate(() => {
    const watched = window as unknown as Watched;
    watched.ran = 0;
    watched.fired = () => {
      watched.ran += 1;
    };
  });
  await ask(page, "attacks");
  await lastAnswerIs(page, "done");
  const answer = answers(page).last();
  await answer.locator("iframe.diagram, .diagram-failed").nth(2).waitFor({ state: "attached" });
  for (const link of await answer.locator(".prose a").all())
    check(/^(https?:|mailto:|#)/.test((await link.getAttribute("href")) ?? ""), "a link");
  await page.waitForTimeout(500); // a script that would run has had its time
  check((await page.evaluate(() => (window as unknown as Watched).ran)) === 0, "a script of an answer ran");
  check((await page.locator("#composer").count()) === 1, "an answer brought an id of the page");
  check(elsewhere.length === 0, `the page asked another site: ${elsewhere}`);
}
