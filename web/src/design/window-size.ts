import { formatNumber } from "../i18n/index.ts";

/** The size of a model's context as providers write it in every language: 128K, 1M. */
export function windowSize(tokens: number): string {
  if (tokens >= 1_000_000) return `${formatNumber(tokens / 1_000_000, { maximumFractionDigits: 1 })}M`;
  return tokens >= 1_000 ? `${formatNumber(Math.round(tokens / 1_000))}K` : formatNumber(tokens);
}
