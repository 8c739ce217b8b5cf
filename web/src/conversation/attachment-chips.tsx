import { FileText, FileX2, RotateCw, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { formatNumber, t } from "../i18n/index.ts";
import { markGone, removeItem } from "./attach.ts";
import type { ImageItem, Item, RefusedItem, TextItem } from "./attachments.ts";
import { ImageDialog } from "./image-dialog.tsx";
import { PasteDialog } from "./paste-dialog.tsx";
import { retryUpload } from "./uploads.ts";

type Props = { draft: string; items: readonly Item[] };

/** What goes with the message, with its state; a click shows it whole. It is loaded with the first item. */
export default function AttachmentChips({ draft, items }: Props) {
  const [open, setOpen] = useState<string | null>(null);
  const shown = items.find((item) => item.id === open);
  return (
    <>
      <ul
        className="thin-scroll flex max-h-[30dvh] flex-wrap gap-2 overflow-y-auto px-3 pt-3 max-md:flex-nowrap max-md:items-start max-md:overflow-x-auto"
        aria-label={t("attachment.list")}
      >
        {items.map((item) => (
          <Chip key={item.id} item={item} onRemove={() => removeItem(draft, item)}>
            {item.kind === "image" && <ImageFace item={item} onOpen={() => setOpen(item.id)} onGone={() => markGone(draft, item.id)} />}
            {item.kind === "text" && <TextFace item={item} onOpen={() => setOpen(item.id)} />}
            {item.kind === "refused" && <RefusedFace item={item} />}
          </Chip>
        ))}
      </ul>
      {shown?.kind === "image" && <ImageDialog name={shown.name} src={shown.preview} onClose={() => setOpen(null)} />}
      {shown?.kind === "text" && <PasteDialog draft={draft} item={shown} onClose={() => setOpen(null)} />}
    </>
  );
}

function Chip({ item, onRemove, children }: { item: Item; onRemove: () => void; children: ReactNode }) {
  const bad = item.kind === "refused" || (item.kind === "image" && item.state === "failed");
  return (
    <li
      data-state={item.kind === "image" ? item.state : item.kind}
      className={classes(
        "relative flex min-h-14 max-w-72 shrink-0 animate-fade items-center gap-0.5 overflow-hidden rounded-md border bg-surface pe-1",
        bad ? "border-danger" : "border-border",
      )}
    >
      {children}
      {item.kind === "image" && item.state === "failed" && item.retryable && (
        <IconButton icon={RotateCw} label={t("attachment.retry", { name: item.name })} small onClick={() => retryUpload(item)} />
      )}
      <IconButton icon={X} label={t("attachment.remove", { name: item.name })} small onClick={onRemove} />
    </li>
  );
}

const FACE = "flex min-w-0 items-center gap-2 self-stretch rounded-md p-1.5 pe-2 text-start hover:bg-hover";

function ImageFace({ item, onOpen, onGone }: { item: ImageItem; onOpen: () => void; onGone: () => void }) {
  return (
    <>
      <button type="button" className={FACE} onClick={onOpen} aria-haspopup="dialog" title={t("attachment.show", { name: item.name })}>
        <img
          src={item.preview}
          alt=""
          className="size-10 shrink-0 rounded-sm object-cover"
          onError={() => item.state === "ready" && !item.source && onGone()}
        />
        <Lines name={item.name} note={stateOf(item)} bad={item.state === "failed"} />
      </button>
      {item.state === "uploading" && <Progress item={item} />}
    </>
  );
}

function Progress({ item }: { item: ImageItem }) {
  const percent = Math.round(item.progress * 100);
  return (
    <progress
      value={percent}
      max={100}
      aria-label={t("attachment.uploading", { name: item.name })}
      className="upload-progress absolute inset-x-0 bottom-0 h-0.5 w-full"
    />
  );
}

function stateOf(item: ImageItem): string {
  switch (item.state) {
    case "queued":
      return t("attachment.queued");
    case "uploading":
      return formatNumber(item.progress, { style: "percent" });
    case "failed":
      return item.error ?? t("error.unexpected");
    default:
      return t("attachment.ready");
  }
}

function TextFace({ item, onOpen }: { item: TextItem; onOpen: () => void }) {
  const size = t("paste.size", { count: formatNumber(item.text.length) });
  return (
    <button type="button" className={FACE} onClick={onOpen} aria-haspopup="dialog" title={t("attachment.show", { name: item.name })}>
      <FileMark>
        <FileText aria-hidden size={20} strokeWidth={1.5} />
      </FileMark>
      <Lines name={item.name} note={size} />
    </button>
  );
}

function RefusedFace({ item }: { item: RefusedItem }) {
  return (
    <div role="alert" className="flex min-w-0 items-center gap-2 p-1.5">
      <FileMark>
        <FileX2 aria-hidden size={20} strokeWidth={1.5} />
      </FileMark>
      <Lines name={item.name} note={item.reason} bad />
    </div>
  );
}

function FileMark({ children }: { children: ReactNode }) {
  return <span className="inline-flex size-10 shrink-0 items-center justify-center rounded-sm bg-hover text-text-2">{children}</span>;
}

function Lines({ name, note, bad }: { name: string; note: string; bad?: boolean }) {
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate text-sm" title={name}>
        {name}
      </span>
      <span className={classes("text-xs", bad ? "text-danger" : "truncate text-text-3")}>{note}</span>
    </span>
  );
}
