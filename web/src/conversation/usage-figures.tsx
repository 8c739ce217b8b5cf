import { lazy, Suspense, useState } from "react";
import type { Message, Model } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { t } from "../i18n/index.ts";
import { figuresOf } from "./figures.ts";

const load = () => import("./usage-details.tsx");
const UsageDetails = lazy(load);

type Props = { message: Message; model: Model | undefined; named?: boolean };

/** Which model answered, unless it is `named` above, and on hover how much and how fast; a press opens all figures. */
export function UsageFigures({ message, model, named }: Props) {
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const figures = figuresOf(message);
  const button = (
    <button
      type="button"
      aria-haspopup="dialog"
      aria-expanded={open}
      title={t("usage.show")}
      onPointerEnter={() => void load()}
      onFocus={() => void load()}
      onClick={() => {
        if (used) return; // From the second time on the details themselves listen to their trigger.
        setUsed(true);
        setOpen(true);
      }}
      className="flex h-8 min-w-0 items-center gap-2 rounded-md px-2 text-text-3 text-xs tabular-nums hover:bg-hover hover:text-text-1 max-md:h-11"
    >
      <span className={classes("truncate", named && figures.length > 0 && "md:hidden")}>{model?.name ?? message.model}</span>
      {figures.length > 0 && <span className="usage-figures truncate max-md:hidden">{figures.join(" · ")}</span>}
    </button>
  );
  if (!used) return button;
  return (
    <Suspense fallback={button}>
      <UsageDetails trigger={button} open={open} onOpenChange={setOpen} message={message} model={model} />
    </Suspense>
  );
}
