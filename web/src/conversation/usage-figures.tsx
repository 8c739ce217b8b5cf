import type { Message, Model } from "../api/types.ts";
import { formatNumber, formatSeconds, plural, t } from "../i18n/index.ts";

/** Which model answered, and on hover how much and how fast: tokens, tokens a second, time to the first one, cost. */
export function UsageFigures({ message, model }: { message: Message; model: Model | undefined }) {
  const name = model?.name ?? message.model;
  const figures = figuresOf(message);
  return (
    <span className="flex min-w-0 items-center gap-2 ps-2 text-text-3 text-xs tabular-nums" title={detailsOf(message)}>
      <span className="truncate">{name}</span>
      {figures.length > 0 && <span className="usage-figures truncate">{figures.join(" · ")}</span>}
    </span>
  );
}

function figuresOf(message: Message): string[] {
  const { usage } = message;
  if (!usage?.output) return [];
  const figures = [plural("usage.tokens", usage.output)];
  if (usage.tokens_per_s) figures.push(t("usage.speed", { count: formatNumber(usage.tokens_per_s, { maximumFractionDigits: 0 }) }));
  if (usage.ttft_ms) figures.push(t("usage.first", { time: firstToken(usage.ttft_ms) }));
  if (usage.cost_usd) figures.push(formatNumber(usage.cost_usd, { style: "currency", currency: "USD", maximumSignificantDigits: 2 }));
  return figures;
}

function firstToken(ms: number): string {
  if (ms >= 10_000) return formatSeconds(ms);
  if (ms < 1_000) return formatNumber(ms, { style: "unit", unit: "millisecond", unitDisplay: "short", maximumFractionDigits: 0 });
  return formatNumber(ms / 1000, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 1 });
}

function detailsOf(message: Message): string | undefined {
  const { usage } = message;
  if (!usage) return undefined;
  const values = {
    input: formatNumber(usage.input),
    output: formatNumber(usage.output),
    cached: formatNumber(usage.cached),
    reasoning: formatNumber(usage.reasoning),
  };
  return t("usage.details", values);
}
