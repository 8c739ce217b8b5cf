import { useLayoutEffect, useRef } from "react";
import { setFormula } from "./katex.ts";

/** A formula, set by KaTeX. */
export default function MathView({ text, display }: { text: string; display: boolean }) {
  const holder = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    holder.current?.replaceChildren(...setFormula(text, display));
  }, [text, display]);
  return <span ref={holder} className={display ? "math-display thin-scroll" : undefined} />;
}
