import { ChevronRight, Ellipsis, Folder as FolderIcon } from "lucide-react";
import { type DragEvent, type KeyboardEvent, useState } from "react";
import { useConversations } from "../api/queries.ts";
import type { Folder } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { Menu } from "../design/menu.tsx";
import { t } from "../i18n/index.ts";
import { startFolderDrag, useFolderDrop, useFolderPlace } from "./drag.ts";
import { loadMenus, moveFolder, renameFolder } from "./later.ts";
import { ListEnd } from "./list-end.tsx";
import { ListSection } from "./list-section.tsx";
import { useOpen } from "./stored.ts";
import { TitleEditor } from "./title-editor.tsx";

/** A folder in the list: closed it is one line, open it shows what is in it. Conversations can be dropped on it either way. */
export function FolderSection({ folder }: { folder: Folder }) {
  const [open, setOpen] = useOpen(folder.id, false);
  const [editing, setEditing] = useState(false);
  const [menu, setMenu] = useState(false);
  const drop = useFolderDrop(folder.id);
  const order = useFolderPlace(folder.id);
  const both = (name: keyof typeof drop.handlers) => (event: DragEvent) => {
    drop.handlers[name](event);
    order.handlers[name](event);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.shiftKey && (event.ctrlKey || event.metaKey) && ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key];
    if (event.key !== "F2" && !step) return;
    event.preventDefault();
    const row = event.currentTarget as HTMLElement;
    // A line that is moved in the document loses the focus.
    if (step) void moveFolder(folder.id, step).then(() => setTimeout(() => requestAnimationFrame(() => row.focus())));
    else setEditing(true);
  };
  return (
    <li
      onDragOver={both("onDragOver")}
      onDragLeave={both("onDragLeave")}
      onDrop={both("onDrop")}
      className={classes("rounded-md", drop.over && "drop-over", order.place && `drop-${order.place}`)}
    >
      {editing ? (
        <TitleEditor
          value={folder.name}
          label={t("folder.name")}
          maxLength={80}
          onSave={(name) => void renameFolder(folder.id, name)}
          onClose={() => setEditing(false)}
        />
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: Ctrl, Shift and the arrows do the same
        <div className="list-row" draggable onDragStart={(event) => startFolderDrag(event, folder.id)}>
          <button type="button" data-row aria-expanded={open} onClick={() => setOpen(!open)} onKeyDown={onKeyDown} className="row-link">
            <ChevronRight
              aria-hidden
              size={14}
              className={classes("-ms-1 shrink-0 text-text-3 transition-transform duration-150", open ? "rotate-90" : "rtl:rotate-180")}
            />
            <FolderIcon aria-hidden size={16} strokeWidth={1.75} className="shrink-0 text-text-2" />
            <span className="min-w-0 flex-1 truncate" title={folder.name}>
              {folder.name}
            </span>
          </button>
          <span className={menu ? "flex" : "row-menu"}>
            <Menu
              onOpenChange={setMenu}
              trigger={
                <IconButton icon={Ellipsis} label={t("sidebar.more", { title: folder.name })} small data-more className="max-md:size-11!" />
              }
              items={async () => (await loadMenus()).folderMenu(folder, () => setEditing(true))}
            />
          </span>
        </div>
      )}
      {open && <FolderContents id={folder.id} />}
    </li>
  );
}

function FolderContents({ id }: { id: string }) {
  const query = useConversations(`folder:${id}`);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="ms-4 border-border border-s ps-1">
      <ListSection items={items} />
      <ListEnd query={query} empty={t("folder.empty")} />
    </div>
  );
}
