import type { Links, Token } from "marked";
import { type ItemCache, toNodes } from "./convert.ts";
import { changedLabels, lex, type Memory } from "./lex.ts";
import { mend } from "./mend.ts";
import type { MdNode } from "./nodes.ts";

/** A top-level piece of the text. A block that did not change is the same object as before, so a view can skip it. */
export type Block = {
  /** Its place in the text. */
  readonly key: number;
  readonly source: string;
  readonly nodes: readonly MdNode[];
  /** Whether it may hold a footnote, or refer to one. */
  readonly noted: boolean;
};

// Blocks at the end that later text may still join or split: "- a" and a "-" that becomes its next item.
const OPEN_BLOCKS = 2;

/**
 * A text that grows, as blocks of nodes. Each `update` reads again only the last blocks; what stands before them is final.
 * The one exception is a reference definition (`[1]: address`), which may change links above it: then the blocks that name it are read again.
 */
export class MarkdownDocument {
  #text = "";
  #closed: Block[] = [];
  #closedEnd = 0;
  #closedLinks: Links = {};
  #memory: Memory | undefined;
  #blocks: readonly Block[] = [];
  #done = false;
  #items: ItemCache = new Map();
  /** Characters that were read so far, again and again; a test holds it down. */
  charactersRead = 0;

  /** The blocks of `text`; `done` says that no more will come, so nothing at the end is completed on suspicion. */
  update(text: string, done: boolean): readonly Block[] {
    const clean = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    if (clean === this.#text && done === this.#done) return this.#blocks;
    if (!clean.startsWith(this.#text)) this.#restart();
    this.#text = clean;
    this.#done = done;
    this.#blocks = this.#read();
    return this.#blocks;
  }

  #restart(): void {
    this.#closed = [];
    this.#closedEnd = 0;
    this.#closedLinks = {};
    this.#memory = undefined;
    this.#items = new Map();
  }

  #read(): readonly Block[] {
    const source = this.#text.slice(this.#closedEnd);
    this.charactersRead += source.length;
    const { tokens, links, memory } = lex(source, this.#closedLinks, this.#memory);
    const changed = changedLabels(this.#memory?.links ?? {}, links);
    this.#memory = memory;
    if (changed.length) {
      this.#items = new Map();
      this.#closed = this.#closed.map((block) => (names(block.source, changed) ? this.#again(block, links) : block));
    }
    return this.#arrange(tokens, links);
  }

  #again(block: Block, links: Links): Block {
    this.charactersRead += block.source.length;
    const nodes = lex(block.source, links).tokens.flatMap((token) => toNodes(token));
    return { ...block, nodes };
  }

  /** Closes all but the last blocks of the tail and returns everything. */
  #arrange(tokens: Token[], links: Links): readonly Block[] {
    const cut = cutBefore(tokens);
    const offset = this.#closedEnd;
    const raws = tokens.slice(0, cut);
    const size = raws.reduce((sum, token) => sum + token.raw.length, 0);
    // marked normalises tabs in some tokens; only when the sources add up is the boundary known.
    const exact = this.#text.slice(offset, offset + size) === raws.map((token) => token.raw).join("");
    if (exact && cut > 0) {
      for (const token of raws) this.#close(token);
      this.#closedEnd = offset + size;
      this.#items = new Map();
      this.#closedLinks = { ...this.#closedLinks, ...linksOf(raws, links) };
      return [...this.#closed, ...this.#open(tokens.slice(cut), links)];
    }
    return [...this.#closed, ...this.#open(tokens, links)];
  }

  #close(token: Token): void {
    const nodes = toNodes(token);
    if (!nodes.length) return;
    this.#closed.push(this.#keep(makeBlock(this.#closed.length, token, nodes)));
  }

  #open(tokens: Token[], links: Links): Block[] {
    const shown = this.#done ? tokens : mendLast(tokens, links, this.#memory);
    const blocks: Block[] = [];
    for (const token of shown) {
      const nodes = toNodes(token, this.#items);
      if (nodes.length) blocks.push(this.#keep(makeBlock(this.#closed.length + blocks.length, token, nodes)));
    }
    return blocks;
  }

  /** The block of before, when it was made from the same source at the same place. */
  #keep(block: Block): Block {
    const before = this.#blocks[block.key];
    return before && before.source === block.source && sameNodes(before, block) ? before : block;
  }
}

function makeBlock(key: number, { raw }: Token, nodes: MdNode[]): Block {
  return { key, source: raw, nodes, noted: raw.includes("[^") };
}

function sameNodes(before: Block, after: Block): boolean {
  return JSON.stringify(before.nodes) === JSON.stringify(after.nodes);
}

/** True when a text may refer to one of the labels. */
function names(source: string, labels: readonly string[]): boolean {
  if (!source.includes("[")) return false;
  const plain = source.toLowerCase().replace(/\s+/g, " ");
  return labels.some((label) => plain.includes(label.toLowerCase()));
}

/** The index of the first token that has to stay open. */
function cutBefore(tokens: Token[]): number {
  let open = OPEN_BLOCKS;
  for (let index = tokens.length - 1; index >= 0; index -= 1) {
    if (tokens[index]?.type !== "space") open -= 1;
    if (open === 0) return boundaryAtOrBefore(tokens, index);
  }
  return 0;
}

/** Paragraphs and definitions join what follows without a blank line; so a cut stands only after a blank line or a block that ends by itself. */
function boundaryAtOrBefore(tokens: Token[], index: number): number {
  for (let at = index; at > 0; at -= 1) {
    const before = tokens[at - 1]?.type ?? "";
    if (before === "space" || before === "heading" || before === "hr") return at;
  }
  return 0;
}

function linksOf(tokens: Token[], links: Links): Links {
  const own: Links = {};
  for (const token of tokens) {
    if (token.type !== "def") continue;
    const tag = (token as { tag: string }).tag;
    const link = links[tag];
    if (link) own[tag] = link;
  }
  return own;
}

function mendLast(tokens: Token[], links: Links, memory: Memory | undefined): Token[] {
  const at = tokens.findLastIndex((token) => token.type !== "space");
  const last = tokens[at];
  if (!last || last.type === "code" || last.type === "math" || last.type === "def") return tokens;
  const source = tokens
    .slice(at)
    .map((token) => token.raw)
    .join("");
  const mended = mend(source);
  return mended === source || mended === source.trimEnd() ? tokens : [...tokens.slice(0, at), ...lex(mended, links, memory).tokens];
}

/** The blocks of a text that is complete. */
export function parseMarkdown(text: string): readonly Block[] {
  return new MarkdownDocument().update(text, true);
}
