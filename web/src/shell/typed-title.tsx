import { useEffect, useRef, useState } from "react";
import { prefersStill } from "../design/appearance.ts";

const LETTER_MS = 28;

/** A name; one that the model gives while it is looked at appears letter by letter. */
export function TypedTitle({ title, byModel }: { title: string; byModel: boolean }) {
  const [count, setCount] = useState(Number.POSITIVE_INFINITY);
  const before = useRef(title);
  useEffect(() => {
    const isNew = before.current !== title;
    before.current = title;
    if (!isNew || !byModel || prefersStill()) return;
    let shown = 0;
    const timer = setInterval(() => {
      shown += 1;
      setCount(shown);
      if (shown >= title.length) clearInterval(timer);
    }, LETTER_MS);
    return () => {
      clearInterval(timer);
      setCount(Number.POSITIVE_INFINITY);
    };
  }, [title, byModel]);
  if (count >= title.length) return title;
  return (
    <>
      <span aria-hidden>{[...title].slice(0, count).join("")}</span>
      <span className="sr-only">{title}</span>
    </>
  );
}
