import { Lexer, type Links, type MarkedOptions, type Token, Tokenizer, type Tokens } from "marked";
import { CJK_RULES, cutAddress, maskCjk } from "./lex-cjk.ts";
import { blockMath, inlineMath } from "./lex-math.ts";
import { noteDefinition, noteReference } from "./lex-notes.ts";

/** Inline tokens by their source, and the definitions that they were read with: a table that grows is not read again up to its last line. */
export type Memory = { links: Links; inline: Map<string, Token[]> };

export type Lexed = { tokens: Token[]; links: Links; memory: Memory };

class OwnTokenizer extends Tokenizer {
  /** Two tildes strike out. One is an "about" or a range, as in 3~5 天，7~9 天. */
  override del(src: string, masked: string, before?: string): Tokens.Del | undefined {
    return src.startsWith("~~") ? super.del(src, masked, before) : undefined;
  }

  override url(src: string): Tokens.Link | undefined {
    const found = super.url(src);
    if (!found) return undefined;
    const text = cutAddress(found.raw);
    return text === found.raw ? found : super.url(text);
  }
}

// The first place of a paragraph where a block of ours may begin; a paragraph never reaches beyond a blank line.
const BLOCK_START = /\n[ \t]*(?:\n|$)|\n {0,3}(?:\$\$|\\\[|\\begin\{|\[\^[^\s[\]]+\]:)/;
const BLANK = /^\n[ \t]*(?:\n|$)/;

function blockStart(src: string): number | undefined {
  const match = BLOCK_START.exec(src);
  return match && !BLANK.test(match[0]) ? match.index : undefined;
}

function inlineStart(src: string): number | undefined {
  const at = src.indexOf("$");
  return at < 0 ? undefined : at;
}

const FORMULA = /\$[^$\n]+\$|\\\([^\n]+?\\\)/g;

/** Stars inside of a formula open and close nothing. */
const maskFormulas = (masked: string) => masked.replace(FORMULA, (formula) => "a".repeat(formula.length));

const OPTIONS = {
  gfm: true,
  extensions: {
    block: [noteDefinition, blockMath],
    startBlock: [blockStart],
    inline: [inlineMath, noteReference],
    startInline: [inlineStart],
    renderers: {},
    childTokens: {},
  },
  hooks: { emStrongMask: (masked: string) => maskCjk(maskFormulas(masked)) },
};

/** Tokens of a text; `links` are reference definitions that are known from what stands before it, `memory` is that of the reading before. */
export function lex(source: string, links: Links = {}, memory?: Memory): Lexed {
  const tokenizer = new OwnTokenizer();
  // The options are what `Marked.use` would make of extensions; the class itself would bring a renderer that is not used here.
  const lexer = new Lexer({ ...OPTIONS, tokenizer } as unknown as MarkedOptions);
  tokenizer.rules = { ...tokenizer.rules, inline: { ...tokenizer.rules.inline, ...CJK_RULES } };
  Object.assign(lexer.tokens.links, links);
  const tokens = lexer.blockTokens(source, []);
  const found = lexer.tokens.links;
  const known = memory && !changedLabels(memory.links, found).length ? memory.inline : new Map<string, Token[]>();
  const inline = new Map<string, Token[]>();
  for (const { src, tokens: into } of lexer.inlineQueue) {
    lexer.state.inRawBlock = false;
    const content = known.get(src) ?? lexer.inlineTokens(src, []);
    inline.set(src, content);
    into.push(...content);
  }
  return { tokens, links: found, memory: { links: { ...found }, inline } };
}

/** The labels whose definition is not what it was. */
export function changedLabels(before: Links, after: Links): string[] {
  const labels = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...labels].filter((label) => before[label]?.href !== after[label]?.href || before[label]?.title !== after[label]?.title);
}

/** True when the block can still grow into something else while it is shown (its closing fence has not come). */
export function isClosedFence(token: Tokens.Code): boolean {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(token.raw)?.[1];
  if (!fence) return true;
  const lines = token.raw.trimEnd().split("\n");
  const last = (lines.at(-1) ?? "").trim();
  return lines.length > 1 && last.length >= fence.length && last === fence.charAt(0).repeat(last.length);
}
