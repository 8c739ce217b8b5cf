import { Globe } from "lucide-react";
import type { HostedToolPart } from "../api/types.ts";
import { t } from "../i18n/index.ts";

/** Something that the model's vendor did by itself, such as a search. */
export function HostedTool({ part, live }: { part: HostedToolPart; live: boolean }) {
  return (
    <div className="flex h-8 items-center gap-2 text-sm text-text-3">
      <Globe aria-hidden size={15} className={live ? "animate-breathe" : undefined} />
      {t("tool.hosted", { name: part.name.replaceAll("_", " ") })}
    </div>
  );
}
