import { type ReactNode, useEffect, useRef, useState } from "react";
import { pageUrl } from "../api/http.ts";
import { t } from "../i18n/index.ts";

type Answer = { height: number } | { error: string };

const PATIENCE_MS = 15_000;

/**
 * A Mermaid diagram, drawn in a sandboxed frame with an origin of its own, which gets its text through a message channel.
 * Until it is drawn, and when it cannot be, the source is shown.
 */
export default function Diagram({ text, fallback }: { text: string; fallback: ReactNode }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState<number | null>(null);
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    const timer = setTimeout(() => setFailed(height === null), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [height]);

  const draw = () => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event: MessageEvent<Answer>) => {
      if ("height" in event.data) setHeight(Math.min(2_000, Math.max(40, event.data.height)));
      else setFailed(true);
    };
    const dark = getComputedStyle(document.documentElement).colorScheme === "dark" || isSystemDark();
    frame.current?.contentWindow?.postMessage({ text, dark }, "*", [channel.port2]);
  };

  if (failed) return fallback;
  return (
    <div className="relative">
      {height === null && fallback}
      <iframe
        ref={frame}
        title={t("markdown.diagram")}
        src={pageUrl("/frame/mermaid")}
        sandbox="allow-scripts"
        onLoad={draw}
        className={height === null ? "diagram invisible absolute inset-x-0 top-0" : "diagram"}
        style={{ height: height ?? 40 }}
      />
    </div>
  );
}

function isSystemDark(): boolean {
  return document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
}
