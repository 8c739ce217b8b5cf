import { expect, test } from "vitest";
import { plain } from "./copy-selection.ts";

function rendered(html: string): Element {
  const place = document.createElement("div");
  place.innerHTML = html;
  return place;
}

test.each([
  ["<p>One\ntwo</p><p>three</p>", "One two\n\nthree"],
  ["<h2>Head</h2><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>", "Head\n\n- a\n  - b\n- c"],
  ['<ol start="3"><li><p>x</p></li><li>y</li></ol>', "3. x\n4. y"],
  ["<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2 3</td></tr></tbody></table>", "a\tb\n1\t2 3"],
  ["<p>before</p><pre><code>a  = 1\n\n\n\nb\t= 2  \n</code></pre><p>after</p>", "before\n\na  = 1\n\n\n\nb\t= 2  \n\nafter"],
  ["<blockquote><p>one</p><p>two</p></blockquote>", "> one\n>\n> two"],
  ["<p>a<br>b</p><hr><p>c</p>", "a\nb\n\n---\n\nc"],
])("%j reads as %j", (html, text) => {
  expect(plain(rendered(html))).toBe(text);
});
