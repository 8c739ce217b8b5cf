import type { ReactNode } from "react";

type Props = { text: string; marks: readonly (readonly [number, number])[] };

/** A text in which the parts that were searched for stand out. `marks` are in order; one inside another is left out. */
export function Marked({ text, marks }: Props) {
  const pieces: ReactNode[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at) continue;
    pieces.push(
      text.slice(at, start),
      <mark key={start} className="bg-transparent font-semibold text-accent-text">
        {text.slice(start, end)}
      </mark>,
    );
    at = end;
  }
  return [...pieces, text.slice(at)];
}
