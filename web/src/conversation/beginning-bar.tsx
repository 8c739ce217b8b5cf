import { Folder as FolderIcon, Ghost, X } from "lucide-react";
import { useFolders } from "../api/queries.ts";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";
import { beginIn, beginTemporary, useBeginning } from "./beginning.ts";

/** Before a conversation begins: whether it is to be a temporary one, on a phone in the top bar, and in which folder it comes. */
export function BeginningBar() {
  const { temporary, folder } = useBeginning();
  const name = useFolders().data?.items.find((item) => item.id === folder)?.name;
  return (
    <div className="flex items-center justify-end gap-3 md:min-h-12 md:pt-2">
      {name && (
        <span className="me-auto inline-flex h-9 min-w-0 items-center gap-2 rounded-full border border-border ps-3 pe-0.5 text-sm max-md:h-11">
          <FolderIcon aria-hidden size={15} className="shrink-0 text-text-2" />
          <span className="truncate">{t("beginning.in", { name })}</span>
          <IconButton icon={X} label={t("beginning.noFolder")} small onClick={() => beginIn(null)} />
        </span>
      )}
      <button
        type="button"
        aria-pressed={temporary}
        onClick={() => beginTemporary(!temporary)}
        title={t("temporary.explained")}
        className={classes(
          "inline-flex h-9 shrink-0 items-center gap-2 rounded-full border px-3 text-sm transition-colors duration-80 max-md:fixed max-md:inset-e-2 max-md:top-0.5 max-md:z-10 max-md:h-11",
          temporary
            ? "border-accent bg-accent-soft font-medium text-accent-text"
            : "border-transparent text-text-2 hover:bg-hover hover:text-text-1",
        )}
      >
        <Ghost aria-hidden size={17} strokeWidth={1.75} />
        {t("temporary.toggle")}
      </button>
    </div>
  );
}
