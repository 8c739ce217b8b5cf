import { Archive, FolderInput, Pin, Trash2, X } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "../design/icon-button.tsx";
import { plural, t } from "../i18n/index.ts";
import { type Action, organise } from "./organise.ts";
import { askWhere } from "./questions.ts";
import { endSelection, pickAll, useSelection } from "./selection.ts";

/** What can be done with the conversations that are chosen; Escape leaves. */
export default function SelectionBar() {
  const ids = useSelection((state) => state.ids);
  const none = ids.size === 0;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("[role=dialog], [role=menu]")) return;
      event.preventDefault();
      event.stopPropagation(); // A sheet stays open, and an answer goes on.
      endSelection();
    };
    document.addEventListener("keydown", onKey, true);
    return () => document.removeEventListener("keydown", onKey, true);
  }, []);
  const act = (action: Action) => {
    void organise([...ids], action);
    endSelection();
  };
  return (
    <div role="toolbar" aria-label={t("organise.chosen")} className="flex animate-fade flex-col gap-1 border-border border-t p-2">
      <div className="flex items-center gap-1">
        <span aria-live="polite" className="min-w-0 flex-1 truncate ps-2 text-sm">
          {plural("organise.count", ids.size)}
        </span>
        <button type="button" onClick={pickAll} className="h-8 rounded-md px-2 text-accent-text text-sm hover:bg-hover max-md:h-11">
          {t("organise.all")}
        </button>
        <IconButton icon={X} label={t("organise.end")} small onClick={endSelection} />
      </div>
      <div className="flex items-center justify-between gap-1">
        <IconButton icon={Pin} label={t("organise.pin")} disabled={none} onClick={() => act("pin")} />
        <IconButton icon={FolderInput} label={t("organise.move")} disabled={none} onClick={() => askWhere([...ids])} />
        <IconButton icon={Archive} label={t("organise.archive")} disabled={none} onClick={() => act("archive")} />
        <IconButton icon={Trash2} label={t("common.delete")} disabled={none} className="text-danger" onClick={() => act("delete")} />
      </div>
    </div>
  );
}
