import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

type Answer = { height: number } | { error: string } | { file: Blob };
export type DiagramFile = "svg" | "png";

const PATIENCE_MS = 15_000;
const MAX_HEIGHT = 2_000;

/** The drawing of one diagram in its frame: the height that it takes, or why there is none, and a way to save it. */
export function useDiagram(frame: RefObject<HTMLIFrameElement | null>, text: string) {
  const [height, setHeight] = useState<number | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const loaded = useRef(false);

  const draw = useCallback(() => {
    loaded.current = true;
    ask(frame.current, { text, dark: isDark() }, (answer) => {
      if ("height" in answer) setHeight(Math.min(MAX_HEIGHT, Math.max(40, answer.height)));
      else if ("error" in answer) setFailure(answer.error);
    });
  }, [frame, text]);

  useEffect(() => {
    if (height !== null) return;
    const timer = setTimeout(() => setFailure(""), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [height]);

  useEffect(() => onThemeChange(() => loaded.current && draw()), [draw]);

  const save = (format: DiagramFile, done: (file: Blob) => void) =>
    ask(frame.current, { save: format }, (answer) => "file" in answer && answer.file instanceof Blob && done(answer.file));

  return { height, failure, draw, save };
}

/** Sends one request into the frame, which has no origin that could be named; its answers come back through a channel of their own. */
function ask(frame: HTMLIFrameElement | null, request: object, onAnswer: (answer: Answer) => void): void {
  const channel = new MessageChannel();
  channel.port1.onmessage = (event: MessageEvent<Answer>) => onAnswer(event.data);
  frame?.contentWindow?.postMessage(request, "*", [channel.port2]);
}

function isDark(): boolean {
  const theme = document.documentElement.dataset.theme;
  return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
}

function onThemeChange(act: () => void): () => void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const observer = new MutationObserver(act);
  observer.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", act);
  return () => {
    observer.disconnect();
    system.removeEventListener("change", act);
  };
}
