import type { Token, TokenizerThis } from "marked";

export type NoteToken = { type: "note"; raw: string; label: string; tokens: Token[] };
export type NoteRefToken = { type: "noteref"; raw: string; label: string };

const LABEL = "\\[\\^([^\\s\\[\\]]{1,99})\\]";
const DEFINITION = new RegExp(`^ {0,3}${LABEL}:`);
const REFERENCE = new RegExp(`^${LABEL}(?![(:])`);
// A line of the note: the first one, one that goes on without a blank line, or one that is indented after a blank line.
const FIRST = new RegExp(`^ {0,3}${LABEL}:[^\\n]*(?:\\n|$)`);
const NEXT = new RegExp(`^(?!${LABEL}:)(?: {4}|\\t|[^\\s#>\`~|$-])[^\\n]*(?:\\n|$)`);
const INDENTED_AFTER_BLANK = /^(?:[ \t]*\n)+(?: {4}|\t)[ \t]*\S[^\n]*(?:\n|$)/;

const normalised = (label: string) => label.toLowerCase();

/** The definition of a footnote at the start of `src`, with the lines that belong to it. */
export function noteDefinition(this: TokenizerThis, src: string): NoteToken | undefined {
  const label = DEFINITION.exec(src)?.[1];
  if (label === undefined) return undefined;
  let raw = FIRST.exec(src)?.[0] ?? "";
  for (let more = nextLine(src, raw); more; more = nextLine(src, raw)) raw += more;
  const text = raw.replace(DEFINITION, "").replace(/\n(?: {4}|\t)/g, "\n");
  // A paragraph of its own, whatever stands around it: `top` is off inside a list item.
  const outer = this.lexer.state.top;
  this.lexer.state.top = true;
  const tokens = this.lexer.blockTokens(text.trim(), []);
  this.lexer.state.top = outer;
  return { type: "note", raw, label: normalised(label), tokens };
}

function nextLine(src: string, raw: string): string {
  if (!raw.endsWith("\n")) return "";
  const rest = src.slice(raw.length);
  return (NEXT.exec(rest) ?? INDENTED_AFTER_BLANK.exec(rest))?.[0] ?? "";
}

/** A reference to a footnote; whether there is one is known when the whole text is. */
export function noteReference(src: string): NoteRefToken | undefined {
  if (src.charCodeAt(0) !== 91) return undefined; // [
  const match = REFERENCE.exec(src);
  return match ? { type: "noteref", raw: match[0], label: normalised(match[1] ?? "") } : undefined;
}
