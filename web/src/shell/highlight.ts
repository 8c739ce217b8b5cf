type Mark = readonly [start: number, end: number];

const ACCENTS = /\p{M}/gu;

/** Where words of the search stand in a text. Case, accents and width make no difference, as they make none to the server. */
export function marksOf(text: string, query: string): Mark[] {
  const letters = [...text];
  const folded = letters.map(fold);
  const words = new Set(
    query
      .split(/\s+/)
      .filter(Boolean)
      .map((word) => [...word].map(fold).join("")),
  );
  const hit = new Array<boolean>(letters.length).fill(false);
  for (const word of words) markAll(folded, word, hit);
  const marks: [number, number][] = [];
  let at = 0;
  letters.forEach((letter, index) => {
    const last = marks.at(-1);
    const end = at + letter.length;
    if (hit[index] && last?.[1] === at) last[1] = end;
    else if (hit[index]) marks.push([at, end]);
    at = end;
  });
  return marks;
}

function markAll(folded: readonly string[], word: string, hit: boolean[]): void {
  for (let start = 0; word && start < folded.length; start += 1) {
    let end = start;
    let left = word;
    while (left && end < folded.length && left.startsWith(folded[end] ?? "")) {
      left = left.slice((folded[end] ?? "").length);
      end += 1;
    }
    if (!left) hit.fill(true, start, end);
  }
}

function fold(letter: string): string {
  return letter.normalize("NFKD").replace(ACCENTS, "").toLowerCase();
}
