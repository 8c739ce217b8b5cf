import { type RefObject, useEffect, useState } from "react";
import { retry } from "../design/retry.ts";
import type { Highlighted } from "./highlight.ts";

const loadHighlighter = () => import("./highlight.ts");

/** The coloured pieces once the code is complete and in view; null before, and for a language that is not known. */
export function useHighlight(
  frame: RefObject<HTMLDivElement | null>,
  language: string,
  text: string,
  closed: boolean,
): Highlighted[] | null {
  const [result, setResult] = useState<{ text: string; spans: Highlighted[] } | null>(null);
  useEffect(() => {
    const element = frame.current;
    if (!closed || !language || !element) return;
    let stop: (() => void) | null = null;
    const colour = async () => {
      const { highlight } = await loadHighlighter();
      return highlight(text, language);
    };
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      stop = retry(colour, (spans) => spans && setResult({ text, spans }));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      stop?.();
    };
  }, [frame, language, text, closed]);
  return result?.text === text ? result.spans : null;
}
