import { describe, expect, test } from "vitest";
import { MarkdownDocument, parseMarkdown } from "./document.ts";
import { escapeHtml, toHtml } from "./html.ts";

const whole = (text: string) => toHtml(parseMarkdown(text));

/** A small repeatable source of numbers (mulberry32), so that a failing case can be run again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const PIECES = [
  "# Heading\n",
  "Some *emphasis*, **strong**, ~~gone~~ and `code`.\n",
  "A paragraph\nover two lines\n",
  "\n",
  "\n\n",
  "- one\n- two\n  - nested\n",
  "1. first\n2. second\n",
  "- a\n\n- b\n",
  "- [ ] open\n- [x] done\n",
  "> quoted\n> more\n",
  "```ts\nconst a = 1;\n\nif (a < 2) {}\n```\n",
  "~~~\ntilde\n~~~\n",
  "```\nnever closed\n",
  "    indented code\n",
  "| a | b |\n| --- | :-: |\n| 1 | 2 |\n| 3 | 4 |\n",
  "[ref] and [text][ref]\n",
  '[ref]: https://example.org/a "Title"\n',
  "[link](https://example.org/?a=1&b=2) ![img](https://example.org/i.png)\n",
  "[bad](javascript:alert(1)) <https://example.org>\n",
  "$$\nx^2 + y^2\n$$\n",
  "inline $a_b$ and \\(c\\), costs $5 and $10\n",
  "\\[ \\int_0^1 x \\]\n",
  "Setext\n===\n",
  "Other\n---\n",
  "***\n",
  "<script>alert(1)</script>\n",
  '<div onclick="x">**b**</div>\n',
  "text <img src=x onerror=alert(1)> text <br> end\n",
  "&amp; &lt;b&gt; &#60;i&#62; &unknown;\n",
  "中文**加粗**文字，列表：\n",
  "line with two spaces  \nand a break\n",
  "* star\n+ plus\n- dash\n",
  "-",
  "1",
  "**",
  "`",
  "[",
  "|",
  "\t",
  " ",
];

function compose(next: () => number): string {
  const count = 1 + Math.floor(next() * 9);
  return Array.from({ length: count }, () => PIECES[Math.floor(next() * PIECES.length)]).join("");
}

function stream(text: string, next: () => number): string {
  const document = new MarkdownDocument();
  let at = 0;
  while (at < text.length) {
    at = Math.min(text.length, at + 1 + Math.floor(next() * 12));
    document.update(text.slice(0, at), false);
  }
  return toHtml(document.update(text, true));
}

describe("any way to cut a text into tokens", () => {
  test("ends in the same HTML as reading it at once", () => {
    for (let seed = 1; seed <= 800; seed += 1) {
      const next = random(seed);
      const text = compose(next);
      expect(stream(text, next), `seed ${seed}: ${JSON.stringify(text)}`).toBe(whole(text));
    }
  });

  test("never lets a tag through that the text wrote itself", () => {
    const allowed =
      /^<\/?(?:p|h[1-6]|blockquote|ul|ol|li|hr|br|em|strong|del|code|pre|table|thead|tbody|tr|th|td|a|span)(?: [a-z-]+="[^"<>]*")*>$/;
    for (let seed = 1; seed <= 800; seed += 1) {
      const html = whole(compose(random(seed)));
      for (const tag of html.match(/<[^>]*>?/g) ?? []) expect(tag, `seed ${seed}`).toMatch(allowed);
      expect(html).not.toMatch(/href="(?!https?:|mailto:)/);
    }
  });
});

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
    ["`<b>`", `<p><code>${escapeHtml("<b>")}</code></p>`],
    ["&lt;b&gt; &copy;", `<p>${escapeHtml("<b>")} ©</p>`],
    ["costs $5 and $10", "<p>costs $5 and $10</p>"],
    ["3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'],
    ["- [x] done", "<ul><li>☑ done</li></ul>"],
  ])("%j becomes %j", (text, html) => {
    expect(whole(text)).toBe(html);
  });
});
