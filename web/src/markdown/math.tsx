import katex from "katex";
import "katex/dist/katex.min.css";
import { useLayoutEffect, useRef } from "react";

/** A formula. KaTeX builds it as elements beside the page (its HTML text would carry inline styles, which the page's policy refuses). */
export default function MathView({ text, display }: { text: string; display: boolean }) {
  const holder = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const detached = document.createElement("span");
    katex.render(text, detached, {
      displayMode: display,
      throwOnError: false,
      trust: false,
      strict: "ignore",
      maxExpand: 500,
      maxSize: 20,
    });
    holder.current?.replaceChildren(...detached.childNodes);
  }, [text, display]);
  return <span ref={holder} className={display ? "math-display thin-scroll" : undefined} />;
}
