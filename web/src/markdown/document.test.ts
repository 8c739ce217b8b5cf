import { describe, expect, test } from "vitest";
import { MarkdownDocument, parseMarkdown } from "./document.ts";
import { escapeHtml, toHtml } from "./html.ts";

const whole = (text: string) => toHtml(parseMarkdown(text));

const anchor = (href: string, text: string = href) =>
  `<a href="${escapeHtml(href)}" target="_blank" rel="noopener noreferrer nofollow">${escapeHtml(text)}</a>`;

test("blocks that are finished keep their identity while text is added", () => {
  const document = new MarkdownDocument();
  const first = document.update("# One\n\nTwo\n\nThree\n\nFo", false);
  const second = document.update("# One\n\nTwo\n\nThree\n\nFour", false);
  expect(second[0]).toBe(first[0]);
  expect(second[1]).toBe(first[1]);
  expect(second[2]).toBe(first[2]);
  expect(second[3]).not.toBe(first[3]);
});

describe("while text is under way", () => {
  const shown = (text: string) => toHtml(new MarkdownDocument().update(text, false));

  test.each([
    ["a **bol", "<p>a <strong>bol</strong></p>"],
    ["a **", "<p>a </p>"],
    ["a **bold*", "<p>a <strong>bold</strong></p>"],
    ["see [the docs](https://exam", "<p>see the docs</p>"],
    ["see [the do", "<p>see the do</p>"],
    ["run `npm i", "<p>run <code>npm i</code></p>"],
    ["| a | b |", ""],
    ["| a | b |\n| --", ""],
    ["text\n-", "<p>text</p>"],
    ["- with a **bold\n- and [a li", "<ul><li>with a **bold</li><li>and a li</li></ul>"],
    ["$$\nx^2", '<span data-math="display">x^2</span>'],
  ])("%j shows %j", (text, html) => {
    expect(shown(text)).toBe(html);
  });
});

describe("a complete text", () => {
  test.each([
    ["[x](javascript:alert(1))", "<p><em>x</em></p>"],
    ["[x](JaVaScRiPt:alert(1))", "<p><em>x</em></p>"],
    ["[x](data:text/html,hi)", "<p><em>x</em></p>"],
    ["<b>hi</b>", `<p>${escapeHtml("<b>")}hi${escapeHtml("</b>")}</p>`],
    ["a<br>b", "<p>a<br>b</p>"],
    ["[![build](https://example.org/b.svg)](https://example.org)", `<p>${anchor("https://example.org", "build")}</p>`],
    ["`<b>`", `<p><code>${escapeHtml("<b>")}</code></p>`],
    ["&lt;b&gt; &copy;", `<p>${escapeHtml("<b>")} ©</p>`],
    ["costs $5 and $10", "<p>costs $5 and $10</p>"],
    ["3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'],
    ["- [x] done", "<ul><li>☑ done</li></ul>"],
    ["**文字。**后面", "<p><strong>文字。</strong>后面</p>"],
    ["他说**“你好”**了", "<p>他说<strong>“你好”</strong>了</p>"],
    ['他说**"你好"**了', `<p>他说<strong>${escapeHtml('"你好"')}</strong>了</p>`],
    ["**注意：**请看**（一）**和*（二）*。", "<p><strong>注意：</strong>请看<strong>（一）</strong>和<em>（二）</em>。</p>"],
    ["~~删除。~~后面", "<p><del>删除。</del>后面</p>"],
    ["约3~5天，7~9天；~~删~~", "<p>约3~5天，7~9天；<del>删</del></p>"],
    ["2 * 3 * 4 和 a_b_c", "<p>2 * 3 * 4 和 a_b_c</p>"],
    ["<details>\n<summary>x</summary>", `<p>${escapeHtml("<details>")}<br>${escapeHtml("<summary>x</summary>")}</p>`],
    [":::note\nx\n:::", "<p>:::note\nx\n:::</p>"],
    ["&amp;#60;", `<p>${escapeHtml("&#60;")}</p>`],
    ["a\r\nb", "<p>a\nb</p>"],
  ])("%j becomes %j", (text, html) => {
    expect(whole(text)).toBe(html);
  });
});

describe("an address that stands bare in a text", () => {
  test.each([
    ["见 https://example.org/a，然后", "https://example.org/a", "，然后"],
    ["见 https://example.org/a。", "https://example.org/a", "。"],
    ["（https://example.org/a）", "https://example.org/a", "）"],
    ["“https://example.org/a”", "https://example.org/a", "”"],
    ["https://example.org查看", "https://example.org", "查看"],
    ["https://example.org:8080查看", "https://example.org:8080", "查看"],
    ["https://zh.example.org/wiki/中文", "https://zh.example.org/wiki/中文", ""],
    ["(https://example.org/a_(b)).", "https://example.org/a_(b)", ")."],
    ["https://example.org/a, then", "https://example.org/a", ", then"],
  ])("%j ends where the sentence goes on", (text, href, after) => {
    expect(whole(text)).toBe(`<p>${text.slice(0, text.indexOf("http"))}${anchor(href)}${after}</p>`);
  });
});

describe("formulas and money", () => {
  const inline = (tex: string) => `<span data-math="inline">${escapeHtml(tex)}</span>`;
  const display = (tex: string) => `<span data-math="display">${escapeHtml(tex)}</span>`;

  test.each([
    ["$x$ and $y$", `<p>${inline("x")} and ${inline("y")}</p>`],
    ["其中$x_1$是第$n$th项", `<p>其中${inline("x_1")}是第${inline("n")}th项</p>`],
    ["*a $x*y$ b*", `<p><em>a ${inline("x*y")} b</em></p>`],
    ["\\(a*b\\) and \\[c\\] here", `<p>${inline("a*b")} and ${display("c")} here</p>`],
    ["\\begin{align}\na &= b\n\\end{align}", display("\\begin{align}\na &= b\n\\end{align}")],
    ["$$\nx\n$$", display("x")],
    ["text\n$$x$$\nmore", `<p>text</p>\n${display("x")}\n<p>more</p>`],
    ["- a\n\n  $$\n  x\n  $$\n", `<ul><li><p>a</p>${display("x")}</li></ul>`],
    ["costs $5, or $10", "<p>costs $5, or $10</p>"],
    ["from $5 million, or 10$", "<p>from $5 million, or 10$</p>"],
    ["US$5–US$6", "<p>US$5–US$6</p>"],
    ["价格是$5，到$10", "<p>价格是$5，到$10</p>"],
    ["`$x$` \\$5", "<p><code>$x$</code> $5</p>"],
    ["20$. A `$PATH` x", "<p>20$. A <code>$PATH</code> x</p>"],
    ["a $ b $ c", "<p>a $ b $ c</p>"],
  ])("%j becomes %j", (text, html) => {
    expect(whole(text)).toBe(html);
  });
});

describe("footnotes", () => {
  const ref = (number: number, at = 1) => `<sup id="ref-${number}-${at}"><a href="#note-${number}">${number}</a></sup>`;
  const note = (number: number, html: string, refs = 1) =>
    `<li id="note-${number}">${html}${Array.from({ length: refs }, (_, index) => `<a href="#ref-${number}-${index + 1}">↩</a>`).join("")}</li>`;
  const section = (...notes: string[]) => ["<section>", "<ol>", ...notes, "</ol>", "</section>"].join("\n");

  test("are numbered as they are referred to, not as they are written", () => {
    const html = whole("A[^b] and[^a].\n\n[^a]: First.\n[^b]: Second.");
    expect(html).toBe(`<p>A${ref(1)} and${ref(2)}.</p>\n${section(note(1, "<p>Second.</p>"), note(2, "<p>First.</p>"))}`);
  });

  test("lead back to each place that refers to them", () => {
    expect(whole("A[^1] b[^1]\n\n[^1]: N")).toBe(`<p>A${ref(1)} b${ref(1, 2)}</p>\n${section(note(1, "<p>N</p>", 2))}`);
  });

  test("may go on over lines and paragraphs", () => {
    const html = whole("A[^1]\n\n[^1]: One\n    two\n\n    - list\n\nAfter");
    expect(html).toBe(`<p>A${ref(1)}</p>\n<p>After</p>\n${section(note(1, "<p>One\ntwo</p><ul><li>list</li></ul>"))}`);
  });

  test("lose no words: one that nothing refers to is shown, a reference to none stays text", () => {
    expect(whole("A[^x]\n\n[^y]: Alone")).toBe(`<p>A[^x]</p>\n${section(note(1, "<p>Alone</p>", 0))}`);
  });

  test("inside quotations and lists are footnotes of the text, too", () => {
    expect(whole("> A[^1]\n>\n> [^1]: N")).toBe(`<blockquote><p>A${ref(1)}</p></blockquote>\n${section(note(1, "<p>N</p>"))}`);
  });

  test("do not touch links and classes of characters in code", () => {
    expect(whole("[^1](https://example.org) `[^a-z]`")).toBe(`<p>${anchor("https://example.org", "^1")} <code>[^a-z]</code></p>`);
  });
});

describe("reading again", () => {
  const answer = Array.from({ length: 400 }, (_, index) => `Paragraph ${index} with [a link][l${index % 40}] and **words**.\n\n`).join("");

  test("a long answer that grows reads each part only a few times", () => {
    const document = new MarkdownDocument();
    for (let at = 0; at < answer.length; at += 20) document.update(answer.slice(0, at), false);
    document.update(answer, true);
    expect(document.charactersRead).toBeLessThan(answer.length * 12);
  });

  test("a definition at the end reads only the blocks again that name it", () => {
    const document = new MarkdownDocument();
    const before = document.update(answer, false);
    const read = document.charactersRead;
    const after = document.update(`${answer}[l7]: https://example.org/7\n`, false);
    expect(document.charactersRead - read).toBeLessThan(answer.length / 10);
    expect(after[7]).not.toBe(before[7]);
    expect(after[8]).toBe(before[8]);
  });
});
