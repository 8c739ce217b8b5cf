import { describe, expect, test } from "vitest";
import { MarkdownDocument, parseMarkdown } from "./document.ts";
import { toHtml } from "./html.ts";

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
  "A note[^1] and another[^b], and one that is not[^none].\n",
  "[^1]: The first note.\n",
  "[^b]: A note with *emphasis* and `code`\n    that goes on.\n\n    And has a second paragraph.\n",
  "[^b]: said twice\n",
  "> quoted[^1]\n>\n> [^q]: in a quotation\n",
  "- item[^b]\n\n  [^l]: in a list\n",
  "| note[^1] | $a|b$ |\n| --- | --- |\n| [ref] | `x|y` |\n",
  "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n",
  "\\begin{align}\nnever closed\n",
  "$$\nnever closed\n",
  "\\[\nx = 1\n\\]\n",
  "**文字。**后面，**“引用”**接着，~~删除。~~完\n",
  "见 https://example.org/a?b=c，然后（https://example.org/d）。\n",
  "https://example.org查看 www.example.org a@example.org\n",
  "[ref2]: <https://example.org/b>\n",
  "[^ref]: not a link\n",
  "[Text][REF], ![image][ref], [ref2][]\n",
  "<details>\n<summary>More</summary>\n\nHidden *text*\n\n</details>\n",
  "<!-- a comment -->\n",
  "[__proto__] and [constructor][toString] &constructor; [^__proto__]\n",
  "[__proto__]: https://example.org/p\n",
  "[toString]: https://example.org/t\n",
  "[^__proto__]: a note\n",
  "```constructor\nx\n```\n",
  "```mermaid\ngraph TD; A-->B\n```\n",
  "````md\n```js\n1\n```\n````\n",
  "- a\n\n  ```py\n  x = 1\n  ```\n\n- b\n  1. c\n\n     d\n",
  "> ```\n> code in a quotation\n> ```\n",
  ":::note\nunknown syntax\n:::\n",
  "line one\\\nline two\n",
  "1) one\n2) two\n",
  "+ [x] done\n+ [ ] open\n",
  "windows\r\nline ends\r\n",
  "tab\tinside\n\t- tabbed\n",
  "***both*** __strong__ _em_ a*b*c snake_case_name\n",
  "$",
  "$$",
  "[^",
  "^1]",
  "]:",
  "](",
  ")",
  "~~",
  "*",
  "<",
  "```",
  "\r",
  "，",
  "。**",
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
    for (let seed = 1; seed <= 1500; seed += 1) {
      const next = random(seed);
      const text = compose(next);
      expect(stream(text, next), `seed ${seed}: ${JSON.stringify(text)}`).toBe(whole(text));
    }
  });

  test("never lets a tag through that the text wrote itself", () => {
    const allowed =
      /^<\/?(?:p|h[1-6]|blockquote|ul|ol|li|hr|br|em|strong|del|code|pre|table|thead|tbody|tr|th|td|a|span|sup|section)(?: [a-z-]+="[^"<>]*")*>$/;
    for (let seed = 1; seed <= 1500; seed += 1) {
      const html = whole(compose(random(seed)));
      for (const tag of html.match(/<[^>]*>?/g) ?? []) expect(tag, `seed ${seed}`).toMatch(allowed);
      expect(html).not.toMatch(/href="(?!https?:|mailto:|#(?:note|ref)-)/);
    }
  });
});
