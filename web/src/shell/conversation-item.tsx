import { Download, Ellipsis, Pencil, Share2, Trash2 } from "lucide-react";
import { type KeyboardEvent, memo, useState } from "react";
import { Link, useLocation, useRoute } from "wouter";
import { exportPath } from "../api/client.ts";
import { apiUrl } from "../api/http.ts";
import { prefetchConversation } from "../api/queries.ts";
import { useUser } from "../api/session.ts";
import type { Conversation } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { isComposing } from "../design/composing.ts";
import { IconButton } from "../design/icon-button.tsx";
import { Menu } from "../design/menu.tsx";
import { Spinner } from "../design/spinner.tsx";
import { t } from "../i18n/index.ts";
import { openSharing } from "../sharing/open.ts";
import { removeWithUndo, rename } from "./list-actions.ts";

const HOVER_MS = 60;

export const ConversationItem = memo(function ConversationItem({ item }: { item: Conversation }) {
  const [active] = useRoute(`/c/${item.id}`);
  const [, navigate] = useLocation();
  const guest = useUser().role === "guest";
  const [editing, setEditing] = useState(false);
  const [menu, setMenu] = useState(false);
  const title = item.title || t("sidebar.untitled");
  if (editing) return <TitleEditor item={item} onClose={() => setEditing(false)} />;
  const leave = () => {
    if (active) navigate("/");
    void removeWithUndo(item);
  };
  return (
    <li className={classes("group/item relative flex items-center rounded-md hover:bg-hover", active && "bg-active hover:bg-active")}>
      <Link
        href={`/c/${item.id}`}
        aria-current={active ? "page" : undefined}
        onPointerEnter={(event) => prefetchSoon(event.currentTarget, item.id)}
        onPointerDown={() => prefetchConversation(item.id)}
        className="flex h-9 min-w-0 flex-1 items-center gap-2 ps-2.5 pe-2 max-md:h-11"
      >
        <span className={classes("min-w-0 flex-1 truncate", !item.title && "text-text-2")} title={title}>
          {title}
        </span>
        {item.running && (
          <span role="img" aria-label={t("sidebar.running")} className="text-accent-text">
            <Spinner className="size-3.5" />
          </span>
        )}
      </Link>
      <span className={classes("item-menu", menu ? "flex" : "hidden group-focus-within/item:flex group-hover/item:flex max-md:flex")}>
        <Menu
          onOpenChange={setMenu}
          trigger={<IconButton icon={Ellipsis} label={t("sidebar.more", { title })} small />}
          items={[
            { label: t("common.rename"), icon: Pencil, onSelect: () => setEditing(true) },
            ...(guest ? [] : [{ label: t("share.menu"), icon: Share2, onSelect: () => openSharing(item.id) }]),
            { label: t("export.markdown"), icon: Download, onSelect: () => location.assign(apiUrl(exportPath(item.id, "markdown"))) },
            { label: t("export.json"), icon: Download, onSelect: () => location.assign(apiUrl(exportPath(item.id, "json"))) },
            { label: t("common.delete"), icon: Trash2, danger: true, onSelect: leave },
          ]}
        />
      </span>
    </li>
  );
});

function TitleEditor({ item, onClose }: { item: Conversation; onClose: () => void }) {
  const [text, setText] = useState(item.title);
  const save = () => {
    onClose();
    if (text.trim() && text.trim() !== item.title) void rename(item, text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (isComposing(event)) return;
    if (event.key === "Enter") save();
    if (event.key === "Escape") onClose();
  };
  return (
    <li>
      <input
        // biome-ignore lint/a11y/noAutofocus: the person asked for this field a moment ago
        autoFocus
        value={text}
        maxLength={200}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={save}
        aria-label={t("sidebar.title")}
        className="h-9 w-full rounded-md border border-accent bg-raised px-2.5 outline-none max-md:h-11"
      />
    </li>
  );
}

/** Loads a conversation when the pointer stays on its name for a moment. */
function prefetchSoon(element: HTMLElement, id: string): void {
  const timer = setTimeout(() => prefetchConversation(id), HOVER_MS);
  element.addEventListener("pointerleave", () => clearTimeout(timer), { once: true });
}
