import { useEffect } from "react";
import { Button } from "../design/button.tsx";
import { classes } from "../design/classes.ts";
import { type Key, t } from "../i18n/index.ts";
import { match } from "./fuzzy.ts";
import { KeyCaps } from "./key-caps.tsx";
import { Marked } from "./marked.tsx";
import type { Entry, Section, Shown } from "./palette-entries.ts";
import type { useFoundMessages } from "./use-found-messages.ts";

const NAMES: Record<Section["group"], Key> = {
  conversations: "sidebar.label",
  commands: "palette.commands",
  models: "provider.models",
  settings: "settings.title",
  messages: "palette.messages",
  begin: "sidebar.new",
};

type Props = {
  id: string;
  sections: Section[];
  active: number;
  query: string;
  found: ReturnType<typeof useFoundMessages>;
  onActive: (index: number) => void;
  onChoose: (entry: Entry) => void;
};

/** What was found, by group, with one active line that the field's keys move. */
export function PaletteList({ id, sections, active, query, found, onActive, onChoose }: Props) {
  useEffect(() => {
    document.getElementById(`${id}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [id, active]);
  const nothing = found.state === "done" && sections.every((section) => section.group === "begin");
  let index = -1;
  return (
    <div className="thin-scroll min-h-0 flex-1 overflow-y-auto p-2">
      <div role="status" className="empty:hidden">
        {nothing && <p className="px-2.5 py-4 text-center text-sm text-text-3">{t("palette.nothing", { query: query.trim() })}</p>}
        {found.state === "failed" && (
          <p className="flex items-center justify-between gap-3 px-2.5 py-2 text-danger text-sm">
            {t("palette.failed")}
            <Button small onClick={found.again}>
              {t("common.retry")}
            </Button>
          </p>
        )}
      </div>
      <div id={id} role="listbox" aria-label={t("palette.results")}>
        {sections.map((section) => (
          <div key={section.group} role="group" aria-labelledby={`${id}-${section.group}`}>
            <div id={`${id}-${section.group}`} className="px-2.5 pt-2.5 pb-1 text-text-3 text-xs">
              {t(NAMES[section.group])}
            </div>
            {section.entries.map((entry) => {
              index += 1;
              const own = index;
              return (
                <Row
                  key={entry.id}
                  id={`${id}-${own}`}
                  entry={entry}
                  query={query}
                  active={own === active}
                  onActive={() => onActive(own)}
                  onChoose={() => onChoose(entry)}
                />
              );
            })}
          </div>
        ))}
      </div>
    </div>
  );
}

type RowProps = { id: string; entry: Shown; query: string; active: boolean; onActive: () => void; onChoose: () => void };

function Row({ id, entry, query, active, onActive, onChoose }: RowProps) {
  const Icon = entry.icon;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys for the whole list
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={active}
      onPointerMove={onActive}
      onClick={onChoose}
      className={classes(
        "flex min-h-10 cursor-pointer items-center gap-3 rounded-sm px-2.5 py-1.5 max-md:min-h-11",
        active && "bg-accent-soft",
      )}
    >
      <Icon aria-hidden size={16} strokeWidth={1.75} className="shrink-0 text-text-2" />
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="truncate">
          <Marked text={entry.title} marks={entry.marks} />
        </span>
        {entry.snippet && (
          <span className="line-clamp-1 text-text-3 text-xs">
            <Marked text={entry.snippet} marks={match(query, entry.snippet)?.marks ?? []} />
          </span>
        )}
      </span>
      {entry.note && <span className="shrink-0 text-text-3 text-xs">{entry.note}</span>}
      {entry.chord && (
        <span className="max-md:hidden">
          <KeyCaps chord={entry.chord} />
        </span>
      )}
    </div>
  );
}
