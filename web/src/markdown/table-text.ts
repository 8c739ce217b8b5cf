import { saveFile } from "../design/save-file.ts";
import type { MdNode } from "./nodes.ts";
import { plainText } from "./plain-text.ts";

type Element = Extract<MdNode, { kind: "element" }>;

const elements = (nodes: readonly MdNode[]): Element[] =>
  nodes.filter((node) => typeof node === "object" && node.kind === "element") as Element[];

const rowsOf = (table: Element): Element[] => elements(table.children).flatMap((part) => elements(part.children));

/** A table as a person would type it; marks inside of a cell are gone, so that it reads well in an e-mail, too. */
export function tableMarkdown(table: Element): string {
  const [head, ...body] = rowsOf(table);
  if (!head) return "";
  const line = (row: Element) => `| ${elements(row.children).map(cellText).join(" | ")} |`;
  const rule = `| ${elements(head.children).map(delimiter).join(" | ")} |`;
  return [line(head), rule, ...body.map(line)].join("\n");
}

function cellText(cell: Element): string {
  return plainText(cell.children).replaceAll("|", "\\|").replaceAll("\n", " ");
}

function delimiter({ align }: Element): string {
  return `${align === "left" || align === "center" ? ":" : ""}---${align === "right" || align === "center" ? ":" : ""}`;
}

/** A table as CSV after RFC 4180. */
export function tableCsv(table: Element): string {
  const line = (row: Element) =>
    elements(row.children)
      .map((cell) => csvField(plainText(cell.children)))
      .join(",");
  return `${rowsOf(table).map(line).join("\r\n")}\r\n`;
}

/** A spreadsheet would calculate what begins like a formula; the words are a model's, so it must stay text. Plain numbers stay numbers. */
function csvField(text: string): string {
  const safe = /^(?:[=@\t\r]|[+-](?!\d+(?:[.,]\d+)*%?$))/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Saves a table as a file; the mark at its beginning tells spreadsheets that it is UTF-8. */
export function saveCsv(table: Element): void {
  saveFile("table.csv", `\ufeff${tableCsv(table)}`, "text/csv");
}
