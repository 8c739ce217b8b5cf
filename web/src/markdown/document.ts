import type { Links, Token } from "marked";
import { type ItemCache, toNodes } from "./convert.ts";
import { lex } from "./lex.ts";
import { mend } from "./mend.ts";
import type { MdNode } from "./nodes.ts";

/** A top-level piece of the text. A block that did not change is the same object as before, so a view can skip it. */
export type Block = { readonly key: number; readonly source: string; readonly nodes: readonly MdNode[] };

// Blocks at the end that later text may still join or split: "- a" and a "-" that becomes its next item.
const OPEN_BLOCKS = 2;

/**
 * A text that grows, as blocks of nodes. Each `update` reads again only the last blocks; what stands before them is final.
 * The one exception is a reference definition (`[1]: address`), which may change links above it: then everything is read once more.
 */
export class MarkdownDocument {
  #text = "";
  #closed: Block[] = [];
  #closedEnd = 0;
  #closedLinks: Links = {};
  #tailLinks = "{}";
  #blocks: readonly Block[] = [];
  #done = false;
  #items: ItemCache = new Map();

  /** The blocks of `text`; `done` says that no more will come, so nothing at the end is completed on suspicion. */
  update(text: string, done: boolean): readonly Block[] {
    if (text === this.#text && done === this.#done) return this.#blocks;
    if (!text.startsWith(this.#text)) this.#restart();
    this.#text = text;
    this.#done = done;
    this.#blocks = this.#read();
    return this.#blocks;
  }

  #restart(): void {
    this.#closed = [];
    this.#closedEnd = 0;
    this.#closedLinks = {};
    this.#tailLinks = "{}";
    this.#items = new Map();
  }

  #read(): readonly Block[] {
    const tail = lex(this.#text.slice(this.#closedEnd), this.#closedLinks);
    const links = JSON.stringify(tail.links);
    if (links !== this.#tailLinks) {
      this.#tailLinks = links;
      this.#items = new Map();
      if (this.#closedEnd > 0) return this.#readAll();
    }
    return this.#arrange(tail.tokens, tail.links);
  }

  #readAll(): readonly Block[] {
    const kept = this.#tailLinks;
    this.#restart();
    const whole = lex(this.#text);
    this.#tailLinks = kept;
    return this.#arrange(whole.tokens, whole.links);
  }

  /** Closes all but the last blocks of the tail and returns everything. */
  #arrange(tokens: Token[], links: Links): readonly Block[] {
    const cut = cutBefore(tokens);
    const offset = this.#closedEnd;
    const raws = tokens.slice(0, cut);
    const size = raws.reduce((sum, token) => sum + token.raw.length, 0);
    // marked normalises line ends and tabs in some tokens; only when the sources add up is the boundary known.
    const exact = this.#text.slice(offset, offset + size) === raws.map((token) => token.raw).join("");
    if (exact && cut > 0) {
      for (const token of raws) this.#close(token);
      this.#closedEnd = offset + size;
      this.#closedLinks = { ...this.#closedLinks, ...linksOf(raws, links) };
      return [...this.#closed, ...this.#open(tokens.slice(cut), links)];
    }
    return [...this.#closed, ...this.#open(tokens, links)];
  }

  #close(token: Token): void {
    const nodes = toNodes(token);
    if (nodes.length) this.#closed.push({ key: this.#closed.length, source: token.raw, nodes });
  }

  #open(tokens: Token[], links: Links): Block[] {
    const shown = this.#done ? tokens : mendLast(tokens, links);
    const blocks: Block[] = [];
    for (const token of shown) {
      const nodes = toNodes(token, this.#items);
      if (nodes.length) blocks.push(this.#keep({ key: this.#closed.length + blocks.length, source: token.raw, nodes }));
    }
    return blocks;
  }

  /** The block of before, when it was made from the same source at the same place. */
  #keep(block: Block): Block {
    const before = this.#blocks[block.key];
    return before && before.source === block.source && this.#sameNodes(before, block) ? before : block;
  }

  #sameNodes(before: Block, after: Block): boolean {
    return JSON.stringify(before.nodes) === JSON.stringify(after.nodes);
  }
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

function mendLast(tokens: Token[], links: Links): Token[] {
  const at = tokens.findLastIndex((token) => token.type !== "space");
  const last = tokens[at];
  if (!last || last.type === "code" || last.type === "math" || last.type === "def") return tokens;
  const source = tokens
    .slice(at)
    .map((token) => token.raw)
    .join("");
  const mended = mend(source);
  return mended === source ? tokens : [...tokens.slice(0, at), ...lex(mended, links).tokens];
}

/** The blocks of a text that is complete. */
export function parseMarkdown(text: string): readonly Block[] {
  return new MarkdownDocument().update(text, true);
}
