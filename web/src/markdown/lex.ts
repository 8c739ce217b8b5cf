import { type Links, Marked, type Token, type Tokens } from "marked";

export type MathToken = { type: "math"; raw: string; text: string; display: boolean; closed: boolean };

// A formula of its own line(s): closed, or still open at the end of the text. A blank line cannot stand inside TeX's display mode, so it ends the search.
const DISPLAY = /^ {0,3}(?:\$\$((?:(?!\n[ \t]*\n)[^$]|\$(?!\$))+?)\$\$|\\\[((?:(?!\n[ \t]*\n)[\s\S])+?)\\\])[ \t]*(?:\n|$)/;
const DISPLAY_OPEN = /^ {0,3}(?:\$\$|\\\[)((?:(?!\n[ \t]*\n|\$\$|\\\])[\s\S])*)$/;
// Dollars are also money: the content may not begin or end with a space, and no digit may follow ("$5 and $10" is no formula).
const INLINE_DOLLAR = /^\$(?![\s$])((?:\\[\s\S]|[^$\\\n])*?)(?<!\s)\$(?!\d)/;
const INLINE_DISPLAY = /^\$\$(?![\s$])((?:\\[\s\S]|[^$\\\n])+?)\$\$/;
const INLINE_PAREN = /^\\\(((?:(?!\\\)|\n)[\s\S])+?)\\\)/;

function blockMath(src: string): MathToken | undefined {
  const closed = DISPLAY.exec(src);
  if (closed) return { type: "math", raw: closed[0], text: (closed[1] ?? closed[2] ?? "").trim(), display: true, closed: true };
  const open = DISPLAY_OPEN.exec(src);
  if (!open) return undefined;
  return { type: "math", raw: open[0], text: (open[1] ?? "").trim(), display: true, closed: false };
}

function inlineMath(src: string): MathToken | undefined {
  const display = INLINE_DISPLAY.exec(src);
  const match = display ?? INLINE_DOLLAR.exec(src) ?? INLINE_PAREN.exec(src);
  if (!match?.[1]) return undefined;
  return { type: "math", raw: match[0], text: match[1], display: display !== null, closed: true };
}

function startOf(pattern: RegExp): (src: string) => number | undefined {
  return (src) => {
    const at = src.search(pattern);
    return at < 0 ? undefined : at;
  };
}

const marked = new Marked({
  gfm: true,
  extensions: [
    { name: "displayMath", level: "block", start: startOf(/\n {0,3}(?:\$\$|\\\[)/), tokenizer: blockMath },
    { name: "inlineMath", level: "inline", start: startOf(/\$|\\\(/), tokenizer: inlineMath },
  ],
});

export type Lexed = { tokens: Token[]; links: Links };

/** Tokens of a text; `links` are reference definitions that are known from what stands before it. */
export function lex(source: string, links: Links = {}): Lexed {
  const lexer = new marked.Lexer(marked.defaults);
  Object.assign(lexer.tokens.links, links);
  const tokens = lexer.lex(source);
  return { tokens: [...tokens], links: lexer.tokens.links };
}

/** True when the block can still grow into something else while it is shown (its closing fence has not come). */
export function isClosedFence(token: Tokens.Code): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(token.raw)?.[1];
  if (!fence) return true;
  const lines = token.raw.trimEnd().split("\n");
  const last = (lines.at(-1) ?? "").trim();
  return lines.length > 1 && last.length >= fence.length && last === fence.charAt(0).repeat(last.length);
}
