/**
 * What a rendered text may consist of. The list is closed: whatever Markdown a model writes, nothing else can reach the page,
 * and no string in it is ever read as HTML.
 */
export type MdTag =
  | "p"
  | "h1"
  | "h2"
  | "h3"
  | "h4"
  | "h5"
  | "h6"
  | "blockquote"
  | "ul"
  | "ol"
  | "li"
  | "hr"
  | "br"
  | "em"
  | "strong"
  | "del"
  | "code"
  | "table"
  | "thead"
  | "tbody"
  | "tr"
  | "th"
  | "td";

export type MdNode =
  | string
  | { kind: "element"; tag: MdTag; children: MdNode[]; align?: "left" | "center" | "right"; start?: number }
  | { kind: "link"; href: string; title?: string; children: MdNode[] }
  | { kind: "image"; src: string; alt: string }
  | { kind: "checkbox"; checked: boolean }
  | { kind: "math"; text: string; display: boolean; closed: boolean }
  | { kind: "code"; language: string; text: string; closed: boolean }
  | NoteRef
  | Note;

/** A reference to a footnote, `[^label]`. It is text when no footnote has this label. */
export type NoteRef = { kind: "noteref"; label: string; source: string };

/** A footnote where it was written; it is shown at the end of the text. */
export type Note = { kind: "note"; label: string; children: MdNode[] };

const HAN = /\p{Script=Han}/u;

/** The class of an element that holds Chinese where letters would be slanted. */
export function classOf(node: Extract<MdNode, { kind: "element" }>): string | undefined {
  return node.tag === "em" && node.children.some((child) => typeof child === "string" && HAN.test(child)) ? "dotted" : undefined;
}

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The address if a person may be sent there, else null. Relative addresses have no meaning in a model's answer. */
export function safeHref(href: string): string | null {
  try {
    return SCHEMES.has(new URL(href).protocol) ? href : null;
  } catch {
    return null; // Not an absolute address.
  }
}

/** An image that needs no request to anybody: inline data of a raster type. */
export function isInlineImage(src: string): boolean {
  return /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(src);
}
