import { WrapText } from "lucide-react";
import { type RefObject, useEffect, useRef, useState } from "react";
import { CopyButton } from "../design/copy-button.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { retry } from "../design/retry.ts";
import { t } from "../i18n/index.ts";
import type { Highlighted } from "./highlight.ts";

type Props = { language: string; text: string; closed: boolean };

/** Code with its language and a copy button. Colours come when the block is complete and in view. */
export function CodeBlock({ language, text, closed }: Props) {
  const [wrap, setWrap] = useState(false);
  const frame = useRef<HTMLDivElement>(null);
  const spans = useHighlight(frame, language, text, closed);
  return (
    <div ref={frame} className="code-frame">
      <div className="code-head">
        <span className="code-language">{language || t("code.plain")}</span>
        <span className="flex">
          <IconButton icon={WrapText} label={t("code.wrap")} small aria-pressed={wrap} onClick={() => setWrap(!wrap)} />
          <CopyButton text={() => text} label={t("code.copy")} />
        </span>
      </div>
      <pre className={wrap ? "thin-scroll wrap" : "thin-scroll"} tabIndex={0}>
        <code>{spans ? spans.map(renderSpan) : text}</code>
      </pre>
    </div>
  );
}

function renderSpan(span: Highlighted, index: number) {
  return span.scope ? (
    <span key={index} className={`hl-${span.scope}`}>
      {span.text}
    </span>
  ) : (
    span.text
  );
}

const loadHighlighter = () => import("./highlight.ts");

/** The coloured pieces once the code is complete and in view; null before, and for a language that is not known. */
function useHighlight(frame: RefObject<HTMLDivElement | null>, language: string, text: string, closed: boolean): Highlighted[] | null {
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
