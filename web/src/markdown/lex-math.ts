export type MathToken = { type: "math"; raw: string; text: string; display: boolean; closed: boolean };

// A formula of its own line(s): closed, or still open at the end of the text. A blank line cannot stand inside TeX's display mode, so it ends the search.
const DISPLAY = /^ {0,3}(?:\$\$((?:(?!\n[ \t]*\n)[^$]|\$(?!\$))+?)\$\$|\\\[((?:(?!\n[ \t]*\n)[\s\S])+?)\\\])[ \t]*(?:\n|$)/;
const DISPLAY_OPEN = /^ {0,3}(?:\$\$|\\\[)((?:(?!\n[ \t]*\n|\$\$|\\\])[\s\S])*)$/;
// The environments that mean display mode by themselves; others stand inside of one.
const ENVIRONMENT =
  /^ {0,3}(\\begin\{((?:equation|align|alignat|gather|multline|eqnarray|CD)\*?)\}(?:(?!\n[ \t]*\n)[\s\S])*?(?:\\end\{\2\}[ \t]*(?:\n|$)|$))/;
// Dollars are also money: the content may not begin or end with a space, and no digit may follow ("$5 and $10" is no formula).
const INLINE_DOLLAR = /^\$(?![\s$])((?:\\[\s\S]|[^$\\\n`])*?)(?<!\s)\$(?!\d)/;
const INLINE_DISPLAY = /^\$\$(?![\s$])((?:\\[\s\S]|[^$\\\n])+?)\$\$/;
const INLINE_PAREN = /^\\\(((?:(?!\\\)|\n)[\s\S])+?)\\\)/;
const INLINE_BRACKET = /^\\\[((?:(?!\\\]|\n)[\s\S])+?)\\\]/;
// "$5 million, or 10$": a number, then words, and nothing that only TeX has.
const MONEY = /^\d[\d.,]*(?:[kKmMbB]|\s)[^\\^_={}]*[\p{L}]{2}[^\\^_={}]*$/u;

/** A display formula at the start of `src`. */
export function blockMath(src: string): MathToken | undefined {
  const closed = DISPLAY.exec(src);
  if (closed) return { type: "math", raw: closed[0], text: (closed[1] ?? closed[2] ?? "").trim(), display: true, closed: true };
  const open = DISPLAY_OPEN.exec(src);
  if (open) return { type: "math", raw: open[0], text: (open[1] ?? "").trim(), display: true, closed: false };
  const environment = ENVIRONMENT.exec(src);
  if (!environment) return undefined;
  const text = (environment[1] ?? "").trim();
  return { type: "math", raw: environment[0], text, display: true, closed: text.endsWith(`\\end{${environment[2]}}`) };
}

/** A formula inside of a line. */
export function inlineMath(src: string): MathToken | undefined {
  const first = src.charCodeAt(0);
  if (first !== 36 && first !== 92) return undefined; // neither $ nor a backslash
  const display = INLINE_DISPLAY.exec(src) ?? INLINE_BRACKET.exec(src);
  const match = display ?? INLINE_DOLLAR.exec(src) ?? INLINE_PAREN.exec(src);
  if (!match?.[1] || (!display && match[0].startsWith("$") && MONEY.test(match[1]))) return undefined;
  return { type: "math", raw: match[0], text: match[1], display: display !== null, closed: true };
}
