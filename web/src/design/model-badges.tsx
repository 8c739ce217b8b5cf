import { Brain, Eye, Wrench } from "lucide-react";
import type { Model } from "../api/types.ts";
import { formatNumber, t } from "../i18n/index.ts";
import { windowSize } from "./window-size.ts";

/** What a model can do, as small signs with words for screen readers. */
export function ModelBadges({ model }: { model: Model }) {
  const { vision, tools, reasoning, context_tokens: context } = model.capabilities;
  return (
    <span className="flex shrink-0 items-center gap-1.5 text-text-3">
      {model.demo && <span className="rounded-sm bg-accent-soft px-1.5 text-accent-text text-xs">{t("model.demo")}</span>}
      {vision && <Eye aria-label={t("model.vision")} role="img" size={14} />}
      {tools && <Wrench aria-label={t("model.tools")} role="img" size={14} />}
      {reasoning && <Brain aria-label={t("model.reasoning")} role="img" size={14} />}
      {context ? (
        <span className="text-xs tabular-nums" title={t("model.context", { tokens: formatNumber(context) })}>
          {windowSize(context)}
        </span>
      ) : null}
    </span>
  );
}
