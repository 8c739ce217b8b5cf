import { Check, CircleAlert, Pin, Square, SquareCheck } from "lucide-react";
import type { Model } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { ModelBadges } from "../design/model-badges.tsx";
import { formatNumber, t } from "../i18n/index.ts";
import { refOf } from "./compared.ts";
import { togglePinned } from "./use-pinned.ts";

type Props = {
  id: string;
  model: Model;
  active: boolean;
  selected: boolean;
  several: boolean;
  disabled: boolean;
  pinned: boolean;
  standard: boolean;
  withProvider: boolean;
  onChoose: () => void;
  onPoint: () => void;
};

/** One model of the list: its name and what is worth knowing before it is chosen. */
export function ModelRow({ id, model, active, selected, several, disabled, pinned, standard, withProvider, onChoose, onPoint }: Props) {
  const price = priceOf(model);
  const notes = [withProvider && model.provider_name, standard && t("model.default"), price].filter(Boolean);
  const Mark = several ? (selected ? SquareCheck : Square) : Check;
  return (
    <>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the search field takes the keys for the whole list */}
      <div
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={selected}
        aria-disabled={disabled}
        onClick={disabled ? undefined : onChoose}
        onPointerMove={onPoint}
        className={classes(
          "group/row flex min-h-11 cursor-pointer items-center gap-2.5 rounded-sm px-2.5 py-1.5",
          active && "bg-hover",
          disabled && "cursor-default opacity-40",
        )}
      >
        <Mark
          aria-hidden
          size={16}
          className={classes("shrink-0", selected ? "text-accent-text" : "text-text-3", !several && !selected && "invisible")}
        />
        <span className="flex min-w-0 flex-1 flex-col">
          <span className="truncate text-base">{model.name}</span>
          {notes.length > 0 && <span className="truncate text-text-3 text-xs tabular-nums">{notes.join(" · ")}</span>}
          {(model.health === "open" || model.health === "degraded") && (
            <span className={classes("flex items-center gap-1 text-xs", model.health === "open" ? "text-danger" : "text-warn")}>
              <CircleAlert aria-hidden size={12} />
              {t(model.health === "open" ? "model.down" : "model.shaky")}
            </span>
          )}
        </span>
        <ModelBadges model={model} />
        {pinned && <span className="sr-only">{t("model.pinned")}</span>}
        {/* An option holds no controls: for the keyboard there is Alt+P in the search field. */}
        <span
          aria-hidden
          title={t(pinned ? "model.unpin" : "model.pin", { model: model.name })}
          onClick={(event) => {
            event.stopPropagation();
            void togglePinned(refOf(model));
          }}
          className={classes(
            "-me-1.5 inline-flex size-8 shrink-0 items-center justify-center rounded-sm hover:bg-active max-md:size-11",
            pinned ? "text-accent-text" : "text-text-3 md:opacity-0 md:group-hover/row:opacity-100",
          )}
        >
          <Pin size={14} fill={pinned ? "currentColor" : "none"} />
        </span>
      </div>
    </>
  );
}

/** US dollars per million tokens, in and out; nothing for what is free or unknown. */
function priceOf(model: Model): string | null {
  const { input_price: input, output_price: output } = model.capabilities;
  if (!input && !output) return null;
  const dollars = (value: number | null) =>
    formatNumber(value ?? 0, { style: "currency", currency: "USD", minimumFractionDigits: 0, maximumFractionDigits: 2 });
  return t("model.price", { input: dollars(input), output: dollars(output) });
}
