import { Globe } from "lucide-react";
import type { HostedToolPart } from "../api/types.ts";
import { t } from "../i18n/index.ts";

/** Something that the model's vendor did by itself, such as a search, with what it looked for. */
export function HostedTool({ part, live }: { part: HostedToolPart; live: boolean }) {
  const query = queryOf(part.data);
  return (
    <div className="flex min-h-8 items-center gap-2 text-sm text-text-3">
      <Globe aria-hidden size={15} className={live ? "shrink-0 animate-breathe" : "shrink-0"} />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {t("tool.hosted", { name: part.name.replaceAll("_", " ") })}
        {query && <span className="text-text-2"> · {query}</span>}
      </span>
    </div>
  );
}

/** What was looked for, where the vendor says so; the vendor's own JSON is not for people. */
function queryOf(data: string): string | null {
  try {
    const said: unknown = JSON.parse(data);
    if (typeof said !== "object" || said === null) return null;
    const { query, action } = said as { query?: unknown; action?: { query?: unknown } };
    const found = query ?? action?.query;
    return typeof found === "string" && found ? found : null;
  } catch {
    return null; // Not JSON: the name alone is shown.
  }
}
