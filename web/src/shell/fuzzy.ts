/** How well a text answers a query, and which characters of it do, as [start, end) in its code units. */
export type Match = { score: number; marks: readonly [number, number][] };

const AT_START = 4;
const AT_WORD = 3;
const INSIDE = 2;
const SCATTERED = 1;

/**
 * Every word of the query must stand in the text: at its start best, then at that of a word, then anywhere, and last with its
 * letters in order but apart. Scripts without spaces match anywhere, as one word.
 */
export function match(query: string, text: string): Match | null {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.map((word) => matchWord(word, text.toLowerCase()));
  if (found.some((one) => one === null)) return null;
  const marks = found.flatMap((one) => one?.marks ?? []).sort((a, b) => a[0] - b[0]);
  const score = found.reduce((sum, one) => sum + (one?.score ?? 0), 0) / Math.max(1, words.length);
  return { score: score - text.length / 1_000, marks }; // Of equal ones the shorter says more.
}

function matchWord(word: string, text: string): Match | null {
  const at = text.indexOf(word);
  if (at === 0) return { score: AT_START, marks: [[0, word.length]] };
  const start = wordStart(word, text);
  if (start >= 0) return { score: AT_WORD, marks: [[start, start + word.length]] };
  if (at > 0) return { score: INSIDE, marks: [[at, at + word.length]] };
  return word.length > 1 ? scattered(word, text) : null;
}

function wordStart(word: string, text: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ")) return at;
  }
  return -1;
}

function scattered(word: string, text: string): Match | null {
  const marks: [number, number][] = [];
  let from = 0;
  for (const letter of word) {
    const at = text.indexOf(letter, from);
    if (at < 0) return null;
    const last = marks.at(-1);
    if (last && last[1] === at) last[1] = at + letter.length;
    else marks.push([at, at + letter.length]);
    from = at + letter.length;
  }
  // Many pieces are an accident, not an abbreviation.
  return marks.length > Math.ceil(word.length / 2) ? null : { score: SCATTERED, marks };
}
