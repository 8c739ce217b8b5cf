import { t } from "../i18n/index.ts";
import { KeyCaps } from "./key-caps.tsx";

/** The keys that work in the palette. */
export function PaletteFooter() {
  return (
    <div
      aria-hidden
      className="flex items-center gap-5 border-border border-t bg-surface px-4 py-2 text-text-3 text-xs pointer-coarse:hidden"
    >
      <span className="flex items-center gap-1.5">
        <KeyCaps chord={{ key: "ArrowUp" }} />
        <KeyCaps chord={{ key: "ArrowDown" }} />
        {t("palette.move")}
      </span>
      <span className="flex items-center gap-1.5">
        <KeyCaps chord={{ key: "Enter" }} />
        {t("palette.open")}
      </span>
      <span className="flex items-center gap-1.5">
        <KeyCaps chord={{ key: "Escape" }} />
        {t("common.close")}
      </span>
    </div>
  );
}
