import type { Token, Tokens } from "marked";
import { decodeEntities } from "./entities.ts";
import { isClosedFence } from "./lex.ts";
import type { MathToken } from "./lex-math.ts";
import type { NoteRefToken, NoteToken } from "./lex-notes.ts";
import { isInlineImage, type MdNode, type MdTag, safeHref } from "./nodes.ts";

/** Nodes of list items and table rows by their source: a long list that still grows keeps the nodes of its finished items. */
export type ItemCache = Map<string, MdNode>;

const element = (tag: MdTag, children: MdNode[]): MdNode => ({ kind: "element", tag, children });

/** The nodes of one token; a token of an unknown type is shown as the text it was made from. */
export function toNodes(token: Token, cache?: ItemCache): MdNode[] {
  const convert = CONVERTERS[token.type];
  return convert ? convert(token, cache) : [token.raw];
}

function children(tokens: Token[] | undefined, cache?: ItemCache): MdNode[] {
  return (tokens ?? []).flatMap((token) => toNodes(token, cache));
}

type Converter = (token: Token, cache?: ItemCache) => MdNode[];

const wrap =
  (tag: MdTag): Converter =>
  (token) => [element(tag, children((token as Tokens.Generic).tokens))];

const CONVERTERS: Record<string, Converter> = {
  space: () => [],
  def: () => [],
  hr: () => [element("hr", [])],
  br: () => [element("br", [])],
  paragraph: wrap("p"),
  blockquote: wrap("blockquote"),
  em: wrap("em"),
  strong: wrap("strong"),
  del: wrap("del"),
  heading: (token) => [element(`h${(token as Tokens.Heading).depth}` as MdTag, children((token as Tokens.Heading).tokens))],
  code: (token) => [codeBlock(token as Tokens.Code)],
  codespan: (token) => [element("code", [(token as Tokens.Codespan).text])],
  escape: (token) => [(token as Tokens.Escape).text],
  text: (token) => textNodes(token as Tokens.Text),
  html: (token) => htmlAsText(token as Tokens.HTML),
  link: (token) => [link(token as Tokens.Link)],
  image: (token) => [image(token as Tokens.Image)],
  checkbox: (token) => [{ kind: "checkbox", checked: (token as Tokens.Checkbox).checked }],
  list: (token, cache) => [list(token as Tokens.List, cache)],
  table: (token, cache) => [table(token as Tokens.Table, cache)],
  math: (token) => [mathNode(token as unknown as MathToken)],
  note: (token) => [note(token as unknown as NoteToken)],
  noteref: (token) => [{ kind: "noteref", label: (token as unknown as NoteRefToken).label, source: token.raw }],
};

function textNodes(token: Tokens.Text): MdNode[] {
  return token.tokens ? children(token.tokens) : [decodeEntities(token.raw)];
}

/** HTML is shown as it was written; only a line break, which models like in tables, means what it says. */
function htmlAsText(token: Tokens.HTML): MdNode[] {
  if (/^<br\s*\/?>\s*$/i.test(token.raw)) return [element("br", [])];
  return token.block ? [element("p", lines(token.raw.trimEnd()))] : [token.raw];
}

function lines(text: string): MdNode[] {
  return text.split("\n").flatMap((line, index) => (index ? [element("br", []), line] : [line]));
}

function codeBlock(token: Tokens.Code): MdNode {
  const language = /^[\w+#.-]+/.exec(token.lang ?? "")?.[0] ?? "";
  return { kind: "code", language: language.toLowerCase(), text: token.text, closed: isClosedFence(token) };
}

function mathNode(token: MathToken): MdNode {
  return { kind: "math", text: token.text, display: token.display, closed: token.closed };
}

function note(token: NoteToken): MdNode {
  return { kind: "note", label: token.label, children: children(token.tokens) };
}

function link(token: Tokens.Link): MdNode {
  const href = safeHref(token.autolink ? token.href : decodeEntities(token.href));
  const content = token.autolink ? [token.text] : withoutImages(children(token.tokens), token.href);
  if (href === null) return content.length ? { kind: "element", tag: "em", children: content } : token.raw;
  return { kind: "link", href, title: token.title ?? undefined, children: content };
}

/** A picture inside of a link is its words: it would be a control inside of a control. */
function withoutImages(nodes: MdNode[], href: string): MdNode[] {
  return nodes.map((node) => {
    if (typeof node === "string") return node;
    if (node.kind === "image") return node.alt || href;
    return node.kind === "element" ? { ...node, children: withoutImages(node.children, href) } : node;
  });
}

function image(token: Tokens.Image): MdNode {
  if (isInlineImage(token.href)) return { kind: "image", src: token.href, alt: token.text };
  const href = safeHref(token.href);
  return href?.startsWith("http") ? { kind: "image", src: href, alt: token.text } : token.text;
}

function list(token: Tokens.List, cache?: ItemCache): MdNode {
  const items = token.items.map((item) => listItem(item, cache));
  if (!token.ordered) return element("ul", items);
  return { kind: "element", tag: "ol", children: items, start: token.start === "" ? 1 : token.start };
}

function listItem(item: Tokens.ListItem, cache?: ItemCache): MdNode {
  const key = `${item.loose ? 1 : 0}${item.raw}`;
  const known = cache?.get(key);
  if (known) return known;
  const node = element("li", children(item.tokens, cache));
  cache?.set(key, node);
  return node;
}

function table(token: Tokens.Table, cache?: ItemCache): MdNode {
  const head = element("thead", [element("tr", token.header.map(cell("th")))]);
  const body = token.rows.length
    ? [
        element(
          "tbody",
          token.rows.map((row) => tableRow(row, cache)),
        ),
      ]
    : [];
  return element("table", [head, ...body]);
}

function tableRow(cells: Tokens.TableCell[], cache?: ItemCache): MdNode {
  const key = cells.map((each) => `${each.align ?? ""}|${each.text}`).join("\n");
  const known = cache?.get(key);
  if (known) return known;
  const node = element("tr", cells.map(cell("td")));
  cache?.set(key, node);
  return node;
}

function cell(tag: "th" | "td"): (token: Tokens.TableCell) => MdNode {
  return (token) => ({ kind: "element", tag, children: children(token.tokens), align: token.align ?? undefined });
}
