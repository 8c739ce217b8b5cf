import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { expect, test, vi } from "vitest";
import en from "../i18n/en.json" with { type: "json" };
import { loadLocale } from "../i18n/index.ts";
import { MarkdownDocument } from "../markdown/document.ts";
import { Markdown } from "../markdown/view.tsx";
import { markdown } from "./markdown.ts";
import { SHARED_TEXTS } from "./texts.ts";

const TEXTS = [
  '# One\n\nText with *emphasis*, **weight**, ~~a slip~~, `code` and a [link](https://example.org/x?a=1 "title").\n\nTwo  \nlines',
  "1. one\n2. two\n   - deep\n   - deeper\n\n3. three\n\n7. seven",
  "带有*强调*的文字 and *emphasis*",
  "- [x] done\n- [ ] open",
  "> quote\n>\n> > deeper\n\n---\n\nend",
  "| a | b | c |\n|:--|:-:|--:|\n| 1 | **2** | `3` |",
  "![far](https://elsewhere.example/a.png) and ![near](data:image/png;base64,AAAA)",
  "Raw <b>HTML</b> <script>alert(1)</script> and [bad](javascript:alert(1)) &amp; &lt;i&gt;",
  "Inline $e^{i\\pi}$ and\n\n$$\n\\int x\n$$",
  "[ref] and [other][ref]\n\n[ref]: https://example.org",
  "A note[^1] and[^none] the same[^1]\n\n[^1]: The note with `code`\n\n    and a second paragraph",
];

/** The elements without what the two views draw in their own way: the head of a code block and icons. */
function plain(element: Element): string {
  const copy = element.cloneNode(true) as Element;
  for (const own of copy.querySelectorAll(".code-head, .table-tools, svg")) own.remove();
  for (const named of copy.querySelectorAll("[id]")) named.id = named.id.replace(/^.*?(?=ref-|note-)/, "");
  for (const link of copy.querySelectorAll('a[href^="#"]'))
    link.setAttribute("href", link.getAttribute("href")?.replace(/^#.*?(?=ref-|note-)/, "#") ?? "");
  return copy.innerHTML.replace(/ (?:checked|disabled|readonly)(?:="[^"]*")?/gi, "");
}

test.each(TEXTS)("the share page shows what the page shows: %j", async (text) => {
  Object.defineProperty(document, "compatMode", { value: "CSS1Compat", configurable: true }); // KaTeX asks; the test's document does not say.
  await loadLocale("en");
  const page = document.createElement("div");
  flushSync(() => createRoot(page).render(<Markdown text={text} done />));
  const shared = markdown(text, true);
  const formulas = new MarkdownDocument().update(text, true).flatMap((block) => JSON.stringify(block.nodes).match(/"kind":"math"/g) ?? []);
  await vi.waitFor(() => {
    for (const view of [page, shared]) expect(view.querySelectorAll(".katex").length).toBe(formulas.length);
  });
  expect(plain(shared)).toBe(plain(page.firstElementChild as Element));
});

test("only Chinese is emphasised by dots", () => {
  const view = markdown("*强调* and *emphasis*", true);
  expect([...view.querySelectorAll("em")].map((each) => each.className)).toEqual(["dotted", ""]);
});

test("numbers lead to the sources as they do in the page, but in code and links", async () => {
  const text = "Waves [2] and **tides [1]**, not [3], `[1]` or [see [1]](https://example.org).\n\n- [2]\n\n| a |\n|---|\n| [1] |";
  const sources = [{ url: "https://example.org/a", title: "A" }, { url: "https://example.org/b" }];
  const page = document.createElement("div");
  flushSync(() => createRoot(page).render(<Markdown text={text} done sources={sources} />));
  await vi.waitFor(() => expect(page.querySelectorAll('a[href$="/b"]').length).toBe(2));
  expect(plain(markdown(text, true, sources))).toBe(plain(page.firstElementChild as Element));
});

test("every text of the share page is in its catalogue", () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".ts") && name !== "texts.ts");
  const code = files.map((name) => readFileSync(join(import.meta.dirname, name), "utf8")).join("\n");
  const used = Object.keys(en).filter((key) => code.includes(`"${key}"`));
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((key) => !SHARED_TEXTS.test(key))).toEqual([]);
});
