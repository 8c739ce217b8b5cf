import { WrapText } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { CopyButton } from "../design/copy-button.tsx";
import { IconButton } from "../design/icon-button.tsx";
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

function useHighlight(
  frame: React.RefObject<HTMLDivElement | null>,
  language: string,
  text: string,
  closed: boolean,
): Highlighted[] | null {
  const [result, setResult] = useState<{ text: string; spans: Highlighted[] } | null>(null);
  useEffect(() => {
    const element = frame.current;
    if (!closed || !language || !element) return;
    let wanted = true;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      void import("./highlight.ts").then(async ({ highlight }) => {
        const spans = await highlight(text, language);
        if (wanted && spans) setResult({ text, spans });
      });
    });
    observer.observe(element);
    return () => {
      wanted = false;
      observer.disconnect();
    };
  }, [frame, language, text, closed]);
  return result?.text === text ? result.spans : null;
}
