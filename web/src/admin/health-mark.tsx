import type { Provider } from "../api/types.ts";
import { type Key, t } from "../i18n/index.ts";

type Health = Provider["health"]["state"];

const MARKS: Record<Health, { look: string; text: Key }> = {
  ok: { look: "bg-ok-soft text-ok", text: "health.ok" },
  degraded: { look: "bg-warn-soft text-warn", text: "health.degraded" },
  open: { look: "bg-danger-soft text-danger", text: "health.open" },
  unknown: { look: "bg-hover text-text-3", text: "health.unknown" },
};

/** How a back end has been answering lately. */
export function HealthMark({ provider }: { provider: Provider }) {
  const mark = MARKS[provider.health.state];
  return (
    <span title={provider.health.detail ?? undefined} className={`shrink-0 rounded-full px-2 py-0.5 text-xs ${mark.look}`}>
      {t(mark.text)}
    </span>
  );
}
