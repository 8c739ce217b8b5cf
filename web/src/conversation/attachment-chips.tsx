import { RotateCw, X } from "lucide-react";
import { IconButton } from "../design/icon-button.tsx";
import { formatNumber, t } from "../i18n/index.ts";
import type { Attachment } from "./attachments.ts";

type Props = { items: Attachment[]; onRemove: (item: Attachment) => void; onRetry: (item: Attachment) => void };

export function AttachmentChips({ items, onRemove, onRetry }: Props) {
  if (!items.length) return null;
  return (
    <ul className="flex flex-wrap gap-2 px-3 pt-3" aria-label={t("attachment.list")}>
      {items.map((item) => (
        <li
          key={item.id}
          className="flex h-14 max-w-64 animate-fade items-center gap-2 rounded-md border border-border bg-surface p-1.5 pe-1"
        >
          <img src={item.preview} alt="" className="size-10 rounded-sm object-cover" />
          <span className="flex min-w-0 flex-col">
            <span className="truncate text-sm">{item.name}</span>
            <AttachmentState item={item} />
          </span>
          {item.error && <IconButton icon={RotateCw} label={t("common.retry")} small onClick={() => onRetry(item)} />}
          <IconButton icon={X} label={t("attachment.remove", { name: item.name })} small onClick={() => onRemove(item)} />
        </li>
      ))}
    </ul>
  );
}

function AttachmentState({ item }: { item: Attachment }) {
  if (item.error) return <span className="truncate text-danger text-xs">{item.error}</span>;
  if (item.part) return <span className="text-text-3 text-xs">{t("attachment.ready")}</span>;
  return <span className="text-text-3 text-xs">{formatNumber(item.progress, { style: "percent" })}</span>;
}
