import { KeyRound } from "lucide-react";
import { useState } from "react";
import { deleteKey } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys, queryClient } from "../api/queries.ts";
import type { ApiKey } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { Layer } from "../design/layer.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatDate, formatRelative, t } from "../i18n/index.ts";

/** One key: what it may, when it was made and used, when it ends; and its end right now, after a question. */
export function KeyRow({ item }: { item: ApiKey }) {
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const over = item.expires !== null && Date.parse(item.expires) <= Date.now();
  const remove = async () => {
    setBusy(true);
    try {
      await deleteKey(item.id);
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    } finally {
      setBusy(false);
      setAsking(false);
      await queryClient.invalidateQueries({ queryKey: keys.apiKeys });
    }
  };
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <KeyRound aria-hidden size={18} strokeWidth={1.5} className="mt-0.5 shrink-0 text-text-3" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-medium [overflow-wrap:anywhere]">{item.name}</span>
          <code className="font-mono text-text-3 text-xs">{item.prefix}…</code>
        </p>
        <p className="text-sm text-text-2">{scopeOf(item)}</p>
        <p className="text-text-3 text-xs">
          {[
            t("keys.made", { time: dayOf(item.created) }),
            item.last_used ? t("keys.used", { time: formatRelative(item.last_used) }) : t("keys.unused"),
          ].join(" · ")}
          {" · "}
          <span className={over ? "text-danger" : undefined}>{endOf(item, over)}</span>
        </p>
      </div>
      <Button small look="danger" aria-label={t("keys.revokeNamed", { name: item.name })} onClick={() => setAsking(true)}>
        {t("keys.revoke")}
      </Button>
      {asking && (
        <Layer title={t("keys.revokeNamed", { name: item.name })} onClose={() => setAsking(false)}>
          <p className="text-text-2">{t("keys.revokeText")}</p>
          <div className="flex justify-end gap-2 pt-5">
            <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
            <Button look="danger" busy={busy} onClick={() => void remove()}>
              {t("keys.revoke")}
            </Button>
          </div>
        </Layer>
      )}
    </li>
  );
}

function scopeOf({ scopes }: ApiKey): string {
  if (scopes.includes("admin")) return t("keys.scopeAdmin");
  return t(scopes.includes("chat") ? "keys.scopeChat" : "keys.scopeRead");
}

function endOf({ expires }: ApiKey, over: boolean): string {
  if (expires === null) return t("share.noEnd");
  return t(over ? "keys.over" : "share.until", { time: dayOf(expires) });
}

const dayOf = (time: string) => formatDate(time, { dateStyle: "medium" });
