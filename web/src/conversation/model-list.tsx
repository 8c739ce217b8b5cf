import { Check, Search } from "lucide-react";
import { Popover } from "radix-ui";
import { type KeyboardEvent, type ReactNode, useId, useState } from "react";
import type { Model, ModelRef } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { isComposing } from "../design/composing.ts";
import { ModelBadges } from "../design/model-badges.tsx";
import { t } from "../i18n/index.ts";

type Props = {
  trigger: ReactNode;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  model: Model | null;
  models: Model[];
  onChoose: (ref: ModelRef) => void;
};

/** All models by provider, with a search field; arrow keys and Enter choose. */
export default function ModelList({ trigger, open, onOpenChange, model, models, onChoose }: Props) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={8}
          collisionPadding={8}
          aria-label={t("model.choose")}
          className="z-50 flex max-h-[min(60dvh,480px)] w-[min(380px,calc(100vw-16px))] animate-fade flex-col overflow-hidden rounded-md border border-border bg-overlay shadow-3"
        >
          <Choices
            model={model}
            models={models}
            onChoose={(ref) => {
              onChoose(ref);
              onOpenChange(false);
            }}
          />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

type ChoicesProps = Pick<Props, "model" | "models" | "onChoose">;

function Choices({ model, models, onChoose }: ChoicesProps) {
  const [text, setText] = useState("");
  const found = filterModels(models, text);
  const [active, setActive] = useState(() => Math.max(0, model ? models.indexOf(model) : 0));
  const list = useId();

  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const next = Math.min(found.length - 1, Math.max(0, active + step));
      setActive(next);
      document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: "nearest" });
    }
    const chosen = found[active];
    if (event.key === "Enter" && chosen) onChoose({ provider: chosen.provider, model: chosen.id });
  };

  return (
    <>
      <div className="flex items-center gap-2 border-border border-b px-3">
        <Search aria-hidden size={16} className="text-text-3" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={found.length ? `${list}-${active}` : undefined}
          aria-label={t("model.search")}
          placeholder={t("model.search")}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-11 w-full bg-transparent text-base outline-none max-md:text-lg"
        />
      </div>
      <div id={list} role="listbox" aria-label={t("model.choose")} className="thin-scroll min-h-0 overflow-y-auto p-1">
        {found.length === 0 && <p className="px-3 py-6 text-center text-sm text-text-3">{t("model.noMatch")}</p>}
        {found.map((item, index) => (
          <div key={`${item.provider}/${item.id}`}>
            {found[index - 1]?.provider !== item.provider && (
              <div className="px-2.5 pt-2.5 pb-1 text-text-3 text-xs">{item.provider_name}</div>
            )}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the search field takes the keys for the whole list */}
            <div
              id={`${list}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={item === model}
              onClick={() => onChoose({ provider: item.provider, model: item.id })}
              onPointerMove={() => setActive(index)}
              className={classes(
                "flex min-h-10 cursor-pointer items-center gap-2 rounded-sm px-2.5 py-1.5 max-md:min-h-11",
                index === active && "bg-hover",
              )}
            >
              <span className="min-w-0 flex-1 truncate text-base">{item.name}</span>
              <ModelBadges model={item} />
              <Check aria-hidden size={16} className={classes("shrink-0 text-accent-text", item !== model && "invisible")} />
            </div>
          </div>
        ))}
      </div>
    </>
  );
}

function filterModels(models: Model[], text: string): Model[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter((model) => {
    const name = `${model.name} ${model.id} ${model.provider_name}`.toLowerCase();
    return words.every((word) => name.includes(word));
  });
}
