import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { copyText } from "../design/copy.ts";
import { t } from "../i18n/index.ts";

/** The id under which the server's log knows a failed request; a press copies it, and says so for a moment. */
export function RequestId({ id }: { id: string | null }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  if (!id) return null;
  const Icon = done ? Check : Copy;
  return (
    <button
      type="button"
      onClick={async () => setDone(await copyText(id))}
      title={t("failure.copyId")}
      aria-label={`${t("failure.copyId")}: ${id}`}
      className="relative inline-flex min-w-0 items-center gap-1.5 rounded-sm max-md:after:-inset-y-3.5 max-md:after:absolute max-md:after:inset-x-0 font-mono text-text-3 text-xs hover:text-text-1"
    >
      <span className="truncate">{done ? t("common.copied") : id}</span>
      <Icon aria-hidden size={12} className="shrink-0" />
    </button>
  );
}
