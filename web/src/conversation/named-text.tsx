import { ChevronRight, FileText } from "lucide-react";
import { useState } from "react";
import { classes } from "../design/classes.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { formatNumber, t } from "../i18n/index.ts";
import type { NamedText as Named } from "./named-block.ts";

/** A text that was sent beside a message: its name and size, and on a click the whole of it. */
export function NamedText({ named }: { named: Named }) {
  const [open, setOpen] = useState(false);
  return (
    <div className={classes("overflow-hidden rounded-md border border-border bg-surface", open ? "w-full max-w-[85%]" : "max-w-72")}>
      <div className="flex items-center pe-1">
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex min-h-11 min-w-0 flex-1 items-center gap-2 rounded-md px-2.5 py-1.5 text-start hover:bg-hover"
        >
          <FileText aria-hidden size={18} strokeWidth={1.5} className="shrink-0 text-text-2" />
          <span className="flex min-w-0 flex-1 flex-col">
            <span className="truncate text-sm">{named.name}</span>
            <span className="truncate text-text-3 text-xs">{t("paste.size", { count: formatNumber(named.text.length) })}</span>
          </span>
          <ChevronRight
            aria-hidden
            size={16}
            className={classes("shrink-0 transition-transform duration-150", open ? "rotate-90" : "rtl:rotate-180")}
          />
        </button>
        {open && <CopyButton text={() => named.text} label={t("common.copy")} />}
      </div>
      {open && (
        <pre
          tabIndex={0}
          className="thin-scroll max-h-96 overflow-auto whitespace-pre-wrap border-border border-t p-3 font-mono text-sm [overflow-wrap:anywhere]"
        >
          {named.text}
        </pre>
      )}
    </div>
  );
}
