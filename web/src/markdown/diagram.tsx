import { Code, Workflow } from "lucide-react";
import "./diagram.css";
import { type ReactNode, useRef, useState } from "react";
import { pageUrl } from "../api/http.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { saveFile } from "../design/save-file.ts";
import { t } from "../i18n/index.ts";
import { type DiagramFile, useDiagram } from "./use-diagram.ts";

const TYPES = { svg: "image/svg+xml", png: "image/png" } as const;

/**
 * A Mermaid diagram, drawn in a sandboxed frame with an origin of its own, which gets its text through a message channel.
 * Until it is drawn, and when it cannot be, the source is shown.
 */
export default function Diagram({ text, source }: { text: string; source: ReactNode }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const { height, failure, draw, save } = useDiagram(frame, text);
  const [asSource, setAsSource] = useState(false);
  const saveAs = (format: DiagramFile) => save(format, (file) => saveFile(`diagram.${format}`, file, TYPES[format]));

  if (failure !== null) return <Failed reason={failure} source={source} />;
  const drawn = height !== null;
  return (
    <div className={drawn ? "diagram-frame" : undefined}>
      {drawn && (
        <div className="code-head">
          <span className="code-language">{t("markdown.diagram")}</span>
          <span className="code-tools">
            <IconButton
              icon={asSource ? Workflow : Code}
              label={t(asSource ? "diagram.show" : "diagram.source")}
              small
              onClick={() => setAsSource(!asSource)}
            />
            <SaveButton label={t("diagram.png")} onClick={() => saveAs("png")}>
              PNG
            </SaveButton>
            <SaveButton label={t("diagram.svg")} onClick={() => saveAs("svg")}>
              SVG
            </SaveButton>
            <CopyButton text={() => text} label={t("code.copy")} />
          </span>
        </div>
      )}
      {(!drawn || asSource) && (drawn ? <pre className="diagram-source thin-scroll">{text}</pre> : source)}
      {/* In the flow all the time: as it leaves or enters it, a browser lets go of what a reader looks at further down. */}
      <div className={drawn && !asSource ? undefined : "diagram-unseen"}>
        <iframe
          ref={frame}
          title={t("markdown.diagram")}
          src={pageUrl("/frame/mermaid")}
          sandbox="allow-scripts"
          onLoad={draw}
          className="diagram"
          style={{ height: height ?? 40 }}
        />
      </div>
    </div>
  );
}

function SaveButton({ label, onClick, children }: { label: string; onClick: () => void; children: string }) {
  return (
    <button type="button" className="diagram-save" title={label} aria-label={label} onClick={onClick}>
      {children}
    </button>
  );
}

function Failed({ reason, source }: { reason: string; source: ReactNode }) {
  return (
    <div className="diagram-failed">
      {source}
      <p title={reason}>
        {t("diagram.failed")} <span>{reason.split("\n").slice(0, 3).join(" ").slice(0, 200)}</span>
      </p>
    </div>
  );
}
