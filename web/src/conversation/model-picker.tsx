import { ChevronDown } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import type { Model, ModelRef } from "../api/types.ts";
import { formatNumber, t } from "../i18n/index.ts";
import { useCompared } from "./compared.ts";

const load = () => import("./model-list.tsx");
const ModelList = lazy(load);

type Props = { model: Model | null; models: Model[]; onChoose: (ref: ModelRef) => void };

/** The name of the model that answers next; opens the list to choose another. */
export function ModelPicker({ model, models, onChoose }: Props) {
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const others = useCompared((state) => state.others.length);
  const button = (
    <button
      type="button"
      id="model-picker"
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => {
        if (used) return; // From the second time on the list itself listens to its trigger.
        setUsed(true);
        setOpen(true);
      }}
      aria-haspopup="dialog"
      title={model?.name}
      className="flex h-9 min-w-0 max-w-60 items-center gap-1 rounded-md px-2.5 text-sm text-text-2 transition-colors duration-80 hover:bg-hover hover:text-text-1 max-md:h-11"
    >
      <span className="truncate">{model?.name ?? t("model.none")}</span>
      {others > 0 && <span className="shrink-0 rounded-sm bg-accent-soft px-1.5 text-accent-text text-xs">+{formatNumber(others)}</span>}
      <ChevronDown aria-hidden size={14} className="shrink-0" />
    </button>
  );
  if (!used) return button;
  return (
    <Suspense fallback={button}>
      <ModelList trigger={button} open={open} onOpenChange={setOpen} model={model} models={models} onChoose={onChoose} />
    </Suspense>
  );
}
