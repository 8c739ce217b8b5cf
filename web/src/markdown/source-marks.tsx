import { useContext } from "react";
import { cutMarks } from "./marks.ts";
import { SurroundingsContext } from "./surroundings.ts";

/** Words in which a number in brackets, where the text has a source of that number, leads to it. */
export function SourceMarks({ text }: { text: string }) {
  const { sources } = useContext(SurroundingsContext);
  return cutMarks(text, sources).map((piece, index) => {
    if (typeof piece === "string") return piece;
    const { url, title } = piece.source;
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text keep their order
      <a key={index} href={url} title={title || url} target="_blank" rel="noopener noreferrer nofollow">
        {piece.text}
      </a>
    );
  });
}
