/**
 * Prints what an answer of 50 KB costs while it streams: the time that each update of the Markdown core takes, for one update a frame.
 * `npm run bench:markdown`. Times depend on the machine, so nothing fails here; src/markdown/document.test.ts bounds what is read again.
 */
import { MarkdownDocument } from "../src/markdown/document.ts";

const SIZE = 50_000;
const STEP = 24; // characters a frame: 60 frames of 24 are about 400 tokens a second, faster than models are

const mixed = (n) =>
  `## Section ${n}\n\nA paragraph with **bold**, *emphasis*, \`code\`, $x_${n}^2$, a [link](https://example.org/${n}) and a note[^${n % 9}].\n\n` +
  `- first point of ${n}\n- second, with **weight**\n  - nested\n\n1. one\n2. two\n\n| a | b |\n| --- | --: |\n| ${n} | ${n * 2} |\n\n` +
  `\`\`\`ts\nconst value${n} = ${n};\n\`\`\`\n\n中文段落，**加粗。**后面还有 https://example.org/${n}，结束。\n\n`;

const TEXTS = {
  "mixed answer": (n) => mixed(n),
  "one long list": (n) => `- item ${n} with **bold** words and \`code\`\n`,
  "one long table": (n) => (n === 0 ? "| a | b | c |\n| --- | --- | --- |\n" : `| row ${n} | **b** ${n} | \`c\` |\n`),
  "one long code block": (n) => (n === 0 ? "```ts\n" : `const value${n} = compute(${n}, "text");\n`),
  "one long quotation": (n) => `> line ${n} of a quotation with *emphasis*\n`,
  "links defined at the end": (n) =>
    n < 500 ? `Paragraph ${n} with [a link][l${n % 60}] in it.\n\n` : `[l${n - 500}]: https://example.org/${n}\n`,
  "footnotes at the end": (n) => (n < 500 ? `Paragraph ${n} with a note[^${n % 60}] in it.\n\n` : `[^${n - 500}]: Note number ${n}.\n`),
  "one paragraph without a break": (n) => `Sentence ${n} of a paragraph that **never** ends. `,
};

function fill(piece) {
  let text = "";
  for (let n = 0; text.length < SIZE; n += 1) text += piece(n);
  return text.slice(0, SIZE);
}

function stream(text) {
  const document = new MarkdownDocument();
  const times = [];
  for (let at = STEP; at < text.length; at += STEP) {
    const start = performance.now();
    document.update(text.slice(0, at), false);
    times.push(performance.now() - start);
  }
  document.update(text, true);
  return { times: times.sort((a, b) => a - b), read: document.charactersRead / text.length };
}

console.log("| 50 KB of | median ms | p99 ms | max ms | each character read |\n| --- | ---: | ---: | ---: | ---: |");
for (const [name, piece] of Object.entries(TEXTS)) {
  const text = fill(piece);
  stream(text.slice(0, 10_000)); // warm
  const { times, read } = stream(text);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2);
  console.log(`| ${name} | ${at(0.5)} | ${at(0.99)} | ${at(1)} | ${read.toFixed(0)} times |`);
}
