import { Search, X } from "lucide-react";
import type { KeyboardEvent } from "react";
import { isComposing } from "../design/composing.ts";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";

type Props = { value: string; onChange: (value: string) => void };

/** Where a person writes what is to be found; the arrow down leads into what was. */
export function SearchBox({ value, onChange }: Props) {
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Escape" && value) {
      event.stopPropagation(); // The first one clears, the next one closes a sheet.
      onChange("");
    }
    if (event.key === "ArrowDown" || (event.key === "Enter" && value)) {
      event.preventDefault();
      const first = document.querySelector<HTMLElement>(value ? "[data-hit]" : "[data-row]");
      if (event.key === "Enter") first?.click();
      else first?.focus();
    }
  };
  return (
    <div className="flex h-9 items-center gap-2.5 rounded-md ps-2.5 focus-within:bg-hover hover:bg-hover max-md:h-11">
      <Search aria-hidden size={16} strokeWidth={1.75} className="shrink-0" />
      <input
        id="search"
        type="text"
        role="searchbox"
        enterKeyHint="search"
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={onKeyDown}
        aria-label={t("search.label")}
        placeholder={t("search.label")}
        className="h-full min-w-0 flex-1 bg-transparent outline-none placeholder:text-base placeholder:text-text-1 max-md:text-lg"
      />
      {value && <IconButton icon={X} label={t("search.clear")} small onClick={() => onChange("")} />}
    </div>
  );
}
