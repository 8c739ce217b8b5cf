import { useContext } from "react";
import { SurroundingsContext } from "./surroundings.ts";

/** Words in which a number in brackets, where the text has a source of that number, leads to it. */
export function SourceMarks({ text }: { text: string }) {
  const { sources } = useContext(SurroundingsContext);
  if (sources.length === 0) return text;
  return text.split(/(\[\d{1,2}\])/).map((piece, index) => {
    const source = index % 2 ? sources[Number(piece.slice(1, -1)) - 1] : undefined;
    if (!source) return piece;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text keep their order
      <a key={index} href={source.url} title={source.title || source.url} target="_blank" rel="noopener noreferrer nofollow">
        {piece}
      </a>
    );
  });
}
