/**
 * Completes what the end of a text under way leaves open, so that it does not flicker between two readings:
 * half a link shows its text, half an emphasis is already bold, half a table waits for its second line.
 * Only for the last block, and only while more text is to come.
 */
export function mend(source: string): string {
  const lines = source.split("\n");
  const last = lines.at(-1) ?? "";
  if (isHalfTable(lines)) return "";
  if (isBareMarker(last)) return lines.slice(0, -1).join("\n");
  return closeSpans(dropHalfLink(source));
}

/** A header row whose delimiter row has not come whole. */
function isHalfTable(lines: string[]): boolean {
  const filled = lines.filter((line) => line.trim() !== "");
  if (!filled.length || filled.length > 2 || !filled.every((line) => line.trimStart().startsWith("|"))) return false;
  return filled.length === 1 || /^\s*\|[\s|:-]*$/.test(filled[1] ?? "");
}

/** A line that may become a list item, a heading, a rule or an underline, but is none yet. */
function isBareMarker(line: string): boolean {
  return /^\s*(?:[-*+]|\d{1,9}[.)]?|#{1,6}|>|={1,}|-{1,2}|_{1,2}|`{1,2}|~{1,2}|\$|\|)\s*$/.test(line);
}

function dropHalfLink(source: string): string {
  const target = /!?\[([^\]\n]*)\]\([^)\s]*(?:\s"[^"\n]*"?)?$/.exec(source);
  if (target) return source.slice(0, target.index) + (target[0].startsWith("!") ? "" : target[1]);
  const label = /!?\[([^\]\n]*)\]?$/.exec(source);
  if (!label || label[0].endsWith("]")) return source;
  return source.slice(0, label.index) + (label[0].startsWith("!") ? "" : label[1]);
}

const SPANS = ["**", "__", "~~"] as const;

function closeSpans(source: string): string {
  const text = source.slice(lastPart(source));
  const ticks = text.match(/`+/g) ?? [];
  if (ticks.length % 2 === 1) return closeCode(source, ticks.at(-1) ?? "`");
  const prose = text.replace(/(`+)[\s\S]*?\1/g, "");
  const trimmed = source.replace(/(?:^|(?<=\s))(?:\*{1,3}|_{1,3}|~{1,2})$/, "");
  if (trimmed !== source) return trimmed;
  const open = SPANS.filter((mark) => prose.split(mark).length % 2 === 0);
  const half = open.find((mark) => source.endsWith(mark.charAt(0)) && !source.endsWith(mark));
  return source.trimEnd() + (half ? half.charAt(0) : open.reverse().join(""));
}

/** Where the last paragraph, list item, quoted line or table row begins: a mark in the one before it opens nothing here. */
function lastPart(source: string): number {
  const parts = [...source.matchAll(/\n(?:[ \t]*\n|[ \t]*(?:[-*+]|\d{1,9}[.)]|>|\|)[ \t])/g)];
  return (parts.at(-1)?.index ?? -1) + 1;
}

function closeCode(source: string, fence: string): string {
  return source.endsWith(fence) ? source.slice(0, -fence.length) : source + fence;
}
