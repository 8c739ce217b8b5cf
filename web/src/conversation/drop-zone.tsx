import { FileDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { t } from "../i18n/index.ts";

/** The whole page takes files while a composer is on it, and shows so while some are held over it. */
export function DropZone({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const [over, setOver] = useState(false);
  const latest = useRef(onFiles);
  latest.current = onFiles;
  useEffect(() => {
    const listeners = new AbortController();
    const on = (name: "dragenter" | "dragover" | "dragleave" | "drop", act: (event: DragEvent) => void) =>
      document.addEventListener(
        name,
        (event) => {
          if (!event.dataTransfer?.types.includes("Files")) return;
          event.preventDefault();
          act(event);
        },
        { signal: listeners.signal },
      );
    on("dragenter", () => setOver(true));
    on("dragover", (event) => {
      if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
    });
    on("dragleave", (event) => event.relatedTarget === null && setOver(false)); // It left the window, not one element for another.
    on("drop", (event) => {
      setOver(false);
      latest.current(event.dataTransfer?.files ?? []);
    });
    return () => listeners.abort();
  }, []);
  if (!over) return null;
  return createPortal(
    <div
      data-testid="drop-zone"
      className="pointer-events-none fixed inset-2 z-50 flex animate-fade flex-col items-center justify-center gap-3 rounded-lg border-2 border-accent border-dashed bg-scrim"
    >
      <span className="flex flex-col items-center gap-1 rounded-lg bg-overlay px-8 py-6 text-center shadow-3">
        <FileDown aria-hidden size={28} strokeWidth={1.5} className="text-accent-text" />
        <span className="font-semibold text-lg">{t("composer.drop")}</span>
        <span className="text-sm text-text-2">{t("composer.dropKinds")}</span>
      </span>
    </div>,
    document.body,
  );
}
