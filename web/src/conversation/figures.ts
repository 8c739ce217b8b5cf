import type { Message } from "../api/types.ts";
import { formatNumber, formatSeconds, plural, t } from "../i18n/index.ts";

/** The figures of an answer in short: tokens, tokens a second, time to the first one, cost. */
export function figuresOf(message: Message): string[] {
  const { usage } = message;
  if (!usage?.output) return [];
  const figures = [plural("usage.tokens", usage.output)];
  if (usage.tokens_per_s) figures.push(t("usage.speed", { count: formatNumber(usage.tokens_per_s, { maximumFractionDigits: 0 }) }));
  if (usage.ttft_ms) figures.push(t("usage.first", { time: duration(usage.ttft_ms) }));
  if (usage.cost_usd) figures.push(dollars(usage.cost_usd));
  return figures;
}

/** A time as exactly as it matters: "320 ms", "4.2 s", "1 min 20 s". */
export function duration(ms: number): string {
  if (ms >= 10_000) return formatSeconds(ms);
  if (ms < 1_000) return formatNumber(ms, { style: "unit", unit: "millisecond", unitDisplay: "short", maximumFractionDigits: 0 });
  return formatNumber(ms / 1000, { style: "unit", unit: "second", unitDisplay: "short", maximumFractionDigits: 1 });
}

export function dollars(value: number): string {
  return formatNumber(value, { style: "currency", currency: "USD", maximumSignificantDigits: 2 });
}

/** From the moment at which the question was stored to the end of the answer; null while there is none. */
export function totalMs(message: Message): number | null {
  return message.finished ? Date.parse(message.finished) - Date.parse(message.created) : null;
}
