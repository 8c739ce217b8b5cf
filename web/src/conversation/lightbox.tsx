import { Download, X, ZoomIn, ZoomOut } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useState } from "react";
import { IconButton } from "../design/icon-button.tsx";
import { formatNumber, t } from "../i18n/index.ts";

type Props = { src: string; name: string; onClose: () => void };

const MOST = 4;

/** One image over the page. A press, + and - change its size; Escape closes it, and the focus returns to where it was. */
export function Lightbox({ src, name, onClose }: Props) {
  const [zoom, setZoom] = useState(1);
  const [opener] = useState(() => document.activeElement as HTMLElement | null);
  const change = (to: number) => setZoom(Math.min(MOST, Math.max(1, to)));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "+" || event.key === "=") change(zoom * 2);
    if (event.key === "-") change(zoom / 2);
    if (event.key === "0") change(1);
  };
  const button = "inline-flex size-9 items-center justify-center rounded-md text-text-2 hover:bg-hover hover:text-text-1 max-md:size-11";
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onKeyDown={onKeyDown}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            opener?.focus();
          }}
          className="fixed inset-0 z-50 flex animate-fade flex-col bg-overlay md:inset-4 md:rounded-lg md:border md:border-border md:shadow-3"
        >
          <div className="flex items-center gap-1 border-border border-b ps-4 pe-2 py-1.5">
            <Dialog.Title className="min-w-0 flex-1 truncate text-base">{name}</Dialog.Title>
            <IconButton icon={ZoomOut} label={t("image.smaller")} disabled={zoom <= 1} onClick={() => change(zoom / 2)} />
            <span className="w-12 text-center text-sm text-text-2 tabular-nums">{formatNumber(zoom, { style: "percent" })}</span>
            <IconButton icon={ZoomIn} label={t("image.larger")} disabled={zoom >= MOST} onClick={() => change(zoom * 2)} />
            <a href={src} download={name} aria-label={t("image.download")} title={t("image.download")} className={button}>
              <Download aria-hidden size={18} strokeWidth={1.75} />
            </a>
            <Dialog.Close asChild>
              <IconButton icon={X} label={t("common.close")} />
            </Dialog.Close>
          </div>
          <div className="thin-scroll relative min-h-0 flex-1 overflow-auto">
            <button
              type="button"
              aria-label={t(zoom > 1 ? "image.smaller" : "image.larger")}
              onClick={() => change(zoom > 1 ? 1 : 2)}
              className={zoom > 1 ? "block cursor-zoom-out" : "absolute inset-2 cursor-zoom-in"}
              style={zoom > 1 ? { width: `${zoom * 100}%` } : undefined}
            >
              <img src={src} alt={name} className={zoom > 1 ? "w-full max-w-none" : "size-full object-scale-down"} />
            </button>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
