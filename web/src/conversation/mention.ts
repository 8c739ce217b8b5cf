/** A word in a draft that calls a model: `@` with what follows it, up to the caret. */
export type Mention = { start: number; query: string };

// Chinese and Japanese are written without spaces between words: there, a word begins at any sign of theirs.
const CALL =
  /(?:^|[\s([{"'“‘«\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff1f\uff3b-\uff65])[@＠]([^\s@＠`]{0,40})$/u;

/** The call that ends at the caret, or null: within a word (an address) and in code an `@` is just a sign. */
export function mentionAt(text: string, caret: number): Mention | null {
  const before = text.slice(0, caret);
  const query = CALL.exec(before)?.[1];
  if (query === undefined || inCode(before)) return null;
  return { start: caret - query.length - 1, query };
}

function inCode(before: string): boolean {
  if ((before.match(/^ {0,3}(?:```|~~~)/gm)?.length ?? 0) % 2) return true;
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return (line.match(/`/g)?.length ?? 0) % 2 === 1;
}
