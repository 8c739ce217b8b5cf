import type { Source } from "./surroundings.ts";

export type Mark = { text: string; source: Source };

/** Words cut where a number in brackets names a source of the text; any other number stays a word. */
export function cutMarks(text: string, sources: readonly Source[]): (string | Mark)[] {
  if (sources.length === 0) return [text];
  return text.split(/(\[\d{1,2}\])/).map((piece, index) => {
    const source = index % 2 ? sources[Number(piece.slice(1, -1)) - 1] : undefined;
    return source ? { text: piece, source } : piece;
  });
}
