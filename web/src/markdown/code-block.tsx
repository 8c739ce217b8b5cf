import { Download, ListOrdered, WrapText } from "lucide-react";
import { useRef, useState } from "react";
import { CopyButton } from "../design/copy-button.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { plural, t } from "../i18n/index.ts";
import type { Highlighted } from "./highlight.ts";
import { useHighlight } from "./use-highlight.ts";

type Props = { language: string; text: string; closed: boolean; lines: number; long: boolean };

const NUMBERED_LINES = 5; // From here on numbers help.

/**
 * Code with its language and what one does with code. Colours come when the block is complete and in view.
 * A long block that is complete when it is first shown is folded; one that was seen growing stays as it is, so that nothing jumps.
 */
export default function CodeBlock({ language, text, closed, lines, long }: Props) {
  const [wrap, setWrap] = useState(false);
  const [numbered, setNumbered] = useState(false);
  const [folded, setFolded] = useState(closed && long);
  const frame = useRef<HTMLDivElement>(null);
  const spans = useHighlight(frame, language, text, closed);
  const save = async () => (await import("./code-file.ts")).saveCode(language, text);
  return (
    <div ref={frame} className={folded ? "code-frame folded" : "code-frame"}>
      <div className="code-head">
        <span className="code-language">{language || t("code.plain")}</span>
        <span className="code-tools">
          {lines >= NUMBERED_LINES && (
            <IconButton icon={ListOrdered} label={t("code.numbers")} small aria-pressed={numbered} onClick={() => setNumbered(!numbered)} />
          )}
          <IconButton icon={WrapText} label={t("code.wrap")} small aria-pressed={wrap} onClick={() => setWrap(!wrap)} />
          <IconButton icon={Download} label={t("code.save")} small disabled={!closed} onClick={save} />
          <CopyButton text={() => text} label={t("code.copy")} />
        </span>
      </div>
      <pre className={wrap ? "thin-scroll wrap" : "thin-scroll"} tabIndex={0}>
        {numbered && !wrap && (
          <span aria-hidden className="code-lines">
            {Array.from({ length: lines }, (_, index) => index + 1).join("\n")}
          </span>
        )}
        <code>{spans ? spans.map(renderSpan) : text}</code>
      </pre>
      {closed && long && (
        <button type="button" className="code-fold" aria-expanded={!folded} onClick={() => setFolded(!folded)}>
          {folded ? plural("code.all", lines) : t("code.less")}
        </button>
      )}
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
