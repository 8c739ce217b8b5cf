import { Ellipsis } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, memo, useState } from "react";
import { navigate } from "wouter/use-browser-location";
import { pageUrl } from "../api/http.ts";
import { prefetchConversation } from "../api/queries.ts";
import type { Conversation } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { Menu } from "../design/menu.tsx";
import { isTouch } from "../design/pointer.ts";
import { Spinner } from "../design/spinner.tsx";
import { t } from "../i18n/index.ts";
import { startDrag } from "./drag.ts";
import { loadMenus, organise, rename } from "./later.ts";
import { pick } from "./selection.ts";
import { TitleEditor } from "./title-editor.tsx";
import { TypedTitle } from "./typed-title.tsx";

const HOVER_MS = 60;

type Props = { item: Conversation; active: boolean; chosen: boolean | null };

/** One line of the list. `chosen` is null unless several conversations are being chosen. */
export const ConversationItem = memo(function ConversationItem({ item, active, chosen }: Props) {
  const [editing, setEditing] = useState(false);
  const [menu, setMenu] = useState(false);
  const title = item.title || t("sidebar.untitled");
  if (editing)
    return (
      <li>
        <TitleEditor
          value={item.title}
          label={t("sidebar.title")}
          maxLength={200}
          onSave={(text) => void rename(item, text)}
          onClose={() => setEditing(false)}
        />
      </li>
    );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "F2") setEditing(true);
    else if (event.key === "Delete") void organise([item.id], "delete");
    else return;
    event.preventDefault();
  };
  return (
    <li className={classes("list-row group/item", (active || chosen) && "bg-active hover:bg-active")}>
      {chosen === null ? (
        <a
          href={pageUrl(`/c/${item.id}`)}
          data-conversation={item.id}
          data-row
          aria-current={active ? "page" : undefined}
          title={title}
          draggable={!isTouch()}
          onDragStart={(event) => startDrag(event, item.id)}
          onClick={(event) => open(event, item.id)}
          onKeyDown={onKeyDown}
          onPointerEnter={(event) => prefetchSoon(event.currentTarget, item.id)}
          onPointerDown={() => prefetchConversation(item.id)}
          className="row-link"
        >
          <Name item={item} title={title} active={active} />
        </a>
      ) : (
        <label className="row-link" title={title}>
          <input
            type="checkbox"
            data-conversation={item.id}
            data-row
            checked={chosen}
            onChange={(event) => pick(item.id, { range: "shiftKey" in event.nativeEvent && event.nativeEvent.shiftKey === true })}
            className="size-4 shrink-0 accent-accent"
          />
          <Name item={item} title={title} active={active} />
        </label>
      )}
      <span className={menu ? "flex" : classes("row-menu", chosen !== null && "hidden!")}>
        <Menu
          onOpenChange={setMenu}
          trigger={<IconButton icon={Ellipsis} label={t("sidebar.more", { title })} small data-more className="max-md:size-11!" />}
          items={async () => (await loadMenus()).conversationMenu(item, () => setEditing(true))}
        />
      </span>
    </li>
  );
});

function Name({ item, title, active }: { item: Conversation; title: string; active: boolean }) {
  const unread = item.unread && !item.running && !active;
  return (
    <>
      <span className={classes("min-w-0 flex-1 truncate", !item.title && "text-text-2", unread && "font-semibold")}>
        <TypedTitle title={title} byModel={item.title_source === "model"} />
      </span>
      {item.running && (
        <span role="img" aria-label={t("sidebar.running")} className="text-accent-text">
          <Spinner className="size-3.5" />
        </span>
      )}
      {unread && <span role="img" aria-label={t("sidebar.unread")} className="me-1 size-2 shrink-0 rounded-full bg-accent" />}
    </>
  );
}

function open(event: MouseEvent, id: string): void {
  if (event.button !== 0 || event.altKey) return;
  event.preventDefault();
  if (event.shiftKey || event.ctrlKey || event.metaKey) pick(id, { range: event.shiftKey });
  else navigate(pageUrl(`/c/${id}`));
}

/** Loads a conversation when the pointer stays on its name for a moment. */
function prefetchSoon(element: HTMLElement, id: string): void {
  const timer = setTimeout(() => prefetchConversation(id), HOVER_MS);
  element.addEventListener("pointerleave", () => clearTimeout(timer), { once: true });
}
