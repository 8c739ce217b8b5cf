import { useQuery } from "@tanstack/react-query";
import { getUsage } from "../api/client.ts";
import { keys } from "../api/queries.ts";
import { formatNumber, t } from "../i18n/index.ts";

/** What this person has used in the current month. */
export function UsageSummary() {
  const { data } = useQuery({ queryKey: keys.usage, queryFn: getUsage });
  if (!data) return null;
  const figures = [
    { name: t("usage.runs"), value: formatNumber(data.runs) },
    { name: t("usage.input"), value: formatNumber(data.tokens_input) },
    { name: t("usage.output"), value: formatNumber(data.tokens_output) },
    { name: t("usage.cost"), value: formatNumber(data.cost_usd ?? 0, { style: "currency", currency: "USD" }) },
  ];
  return (
    <section aria-label={t("usage.title")}>
      <h2 className="pb-2 font-medium text-sm">{t("usage.title")}</h2>
      <dl className="grid grid-cols-2 gap-2">
        {figures.map((figure) => (
          <div key={figure.name} className="rounded-md border border-border px-3 py-2">
            <dt className="text-text-3 text-xs">{figure.name}</dt>
            <dd className="font-semibold text-lg tabular-nums">{figure.value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
