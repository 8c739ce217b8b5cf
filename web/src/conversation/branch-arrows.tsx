import { ChevronLeft, ChevronRight } from "lucide-react";
import { use, useId, useLayoutEffect, useRef } from "react";
import type { Message } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { formatNumber, t } from "../i18n/index.ts";
import { attempt } from "./attempt.ts";
import { Hold } from "./hold.ts";
import { land, stepTo } from "./step.ts";

/** Steps between the versions of a message, "2 / 3". At the ends they lead no further but keep the focus. */
export function BranchArrows({ message }: { message: Message }) {
  const arrows = useRef<HTMLSpanElement>(null);
  const hold = use(Hold);
  const position = useId();
  const { id, siblings } = message;
  const at = siblings.indexOf(id);
  useLayoutEffect(() => (arrows.current ? land(id, arrows.current, hold) : undefined), [id, hold]);
  if (siblings.length < 2) return null;
  const arrow = (icon: typeof ChevronLeft, label: string, to: string | undefined) => (
    <IconButton
      icon={icon}
      label={label}
      small
      aria-disabled={!to}
      aria-describedby={position}
      onClick={() => to && arrows.current && void attempt(stepTo(message, to, arrows.current))}
      className={classes("rtl:rotate-180", !to && "opacity-40")}
    />
  );
  return (
    <span ref={arrows} className="flex shrink-0 items-center whitespace-nowrap text-text-3 text-xs tabular-nums">
      {arrow(ChevronLeft, t("branch.previous"), siblings[at - 1])}
      <span id={position} aria-label={t("branch.position", { at: at + 1, count: siblings.length })} role="img" data-testid="branch">
        {formatNumber(at + 1)} / {formatNumber(siblings.length)}
      </span>
      {arrow(ChevronRight, t("branch.next"), siblings[at + 1])}
    </span>
  );
}
