import { Columns2, Search } from "lucide-react";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useModels } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import type { Model, ModelRef } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { classes } from "../design/classes.ts";
import { isComposing } from "../design/composing.ts";
import { formatNumber, t } from "../i18n/index.ts";
import { isSame, MOST_COMPARED, refOf, toggleCompared, useCompared } from "./compared.ts";
import { type Section, sectionsOf } from "./model-order.ts";
import { ModelRow } from "./model-row.tsx";
import { recentModels } from "./use-model.ts";
import { togglePinned, usePinned } from "./use-pinned.ts";

type Props = { model: Model | null; models: Model[]; onChoose: (ref: ModelRef) => void; onClose: () => void };

/** All models with a search field: arrow keys and Enter choose, Alt+P pins. Several may be chosen to answer the next question side by side. */
export function ModelChoices({ model, models, onChoose, onClose }: Props) {
  const [text, setText] = useState("");
  const others = useCompared((state) => state.others);
  const [comparing, setComparing] = useState(others.length > 0);
  const pinned = usePinned();
  const [recent] = useState(recentModels);
  const own = useSession((state) => state.defaultModel);
  const standard = useModels().data?.default;
  const sections = useMemo(() => sectionsOf(models, text, pinned, recent), [models, text, pinned, recent]);
  const found = sections.flatMap((section) => section.models);
  const [active, setActive] = useState<Model | null>(model);
  const at = Math.max(0, active ? found.findIndex((item) => isSame(refOf(item), refOf(active))) : 0);
  const list = useId();
  const chosen = [...(model ? [refOf(model)] : []), ...others];
  const full = chosen.length >= MOST_COMPARED;

  const take = (item: Model) => {
    const ref = refOf(item);
    const next = others[0];
    if (!comparing) {
      onChoose(ref);
      onClose();
    } else if (!isSame(ref, model && refOf(model))) toggleCompared(ref);
    else if (next) {
      toggleCompared(next);
      onChoose(next);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const item = found[at];
    if (step && found.length) {
      event.preventDefault();
      const next = Math.min(found.length - 1, Math.max(0, at + step));
      setActive(found[next] ?? null);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter" && item) {
      event.preventDefault();
      take(item);
    }
    if (event.altKey && event.code === "KeyP" && item) {
      event.preventDefault();
      void togglePinned(refOf(item));
    }
  };
  const compare = () => {
    if (comparing) useCompared.setState({ others: [] });
    setComparing(!comparing);
  };

  return (
    <>
      <div className="flex items-center gap-2.5 border-border border-b px-4">
        <Search aria-hidden size={16} className="text-text-3" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={found.length ? `${list}-${at}` : undefined}
          aria-label={t("model.search")}
          placeholder={t("model.search")}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(null);
          }}
          onKeyDown={onKeyDown}
          className="h-11 w-full bg-transparent text-base outline-none max-md:text-lg"
        />
      </div>
      <div
        id={list}
        role="listbox"
        aria-multiselectable={comparing || undefined}
        aria-label={t("model.choose")}
        className="thin-scroll min-h-0 flex-1 overflow-y-auto p-1.5"
      >
        {found.length === 0 && <p className="px-3 py-6 text-center text-sm text-text-3">{t("model.noMatch")}</p>}
        {sections.map((section) => (
          <div key={`${section.kind}/${section.provider}`} role="group" aria-label={titleOf(section)}>
            <div aria-hidden className="truncate px-2.5 pt-2.5 pb-1 text-text-3 text-xs">
              {titleOf(section)}
            </div>
            {section.models.map((item) => {
              const index = found.indexOf(item);
              const selected = comparing ? chosen.some((ref) => isSame(ref, refOf(item))) : isSame(refOf(item), model && refOf(model));
              return (
                <ModelRow
                  key={item.id}
                  id={`${list}-${index}`}
                  model={item}
                  active={index === at}
                  selected={selected}
                  several={comparing}
                  disabled={comparing && full && !selected}
                  pinned={pinned.some((ref) => isSame(ref, refOf(item)))}
                  standard={isSame(own ?? standard, refOf(item))}
                  withProvider={section.kind !== "provider"}
                  onChoose={() => take(item)}
                  onPoint={() => setActive(item)}
                />
              );
            })}
          </div>
        ))}
      </div>
      <div className="flex min-h-12 items-center gap-2 border-border border-t px-1.5">
        <button
          type="button"
          aria-pressed={comparing}
          onClick={compare}
          className={classes(
            "inline-flex h-9 items-center gap-2.5 rounded-md px-2.5 text-sm hover:bg-hover max-md:h-11",
            comparing ? "bg-accent-soft text-accent-text" : "text-text-2",
          )}
        >
          <Columns2 aria-hidden size={16} />
          {t("compare.several")}
        </button>
        <span className="flex-1 pe-2.5 text-end text-text-3 text-xs max-md:hidden">
          {comparing ? t("compare.chosen", { count: formatNumber(chosen.length), most: formatNumber(MOST_COMPARED) }) : t("model.pinHint")}
        </span>
        {comparing && (
          <Button small look="primary" disabled={chosen.length < 2} onClick={onClose} className="max-md:ms-auto">
            {t("compare.ready")}
          </Button>
        )}
      </div>
    </>
  );
}

function titleOf(section: Section): string {
  if (section.kind === "provider") return section.provider;
  return t(section.kind === "pinned" ? "model.pinned" : "model.recent");
}
