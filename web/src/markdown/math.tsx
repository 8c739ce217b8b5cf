import { useLayoutEffect, useRef, useState } from "react";
import { t } from "../i18n/index.ts";
import { reasonOf, setFormula } from "./katex.ts";

type Props = { text: string; display: boolean };

/** A formula, set by KaTeX. One that it cannot read is shown as it was written, with a quiet mark. */
export default function MathView({ text, display }: Props) {
  const holder = useRef<HTMLSpanElement>(null);
  const [wrong, setWrong] = useState<{ text: string; reason: string } | null>(null);
  useLayoutEffect(() => {
    try {
      holder.current?.replaceChildren(...setFormula(text, display));
    } catch (error) {
      setWrong({ text, reason: reasonOf(error) });
    }
  }, [text, display]);
  if (wrong?.text === text) return <WrongFormula text={text} display={display} reason={wrong.reason} />;
  // What scrolls must be reachable by the keyboard.
  return display ? <span ref={holder} className="math-display thin-scroll" tabIndex={0} /> : <span ref={holder} />;
}

function WrongFormula({ text, display, reason }: Props & { reason: string }) {
  const title = `${t("math.wrong")} ${reason}`;
  return (
    <code className={display ? "math-wrong math-wrong-display" : "math-wrong"} title={title}>
      {text}
    </code>
  );
}
