import { useState } from "react";
import { asApiError } from "../api/errors.ts";
import { useSession } from "../api/session.ts";
import { changeShare, revokeShare, type Share, shareUrl } from "../api/shares.ts";
import { Button } from "../design/button.tsx";
import { CopyButton } from "../design/copy-button.tsx";
import { inputClass } from "../design/field.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatDate, plural, t } from "../i18n/index.ts";
import { DaysSelect, daysOf } from "./days-select.tsx";

type Props = { share: Share; leaf: string | null };

/** One link: its address to copy, what it shows, and what can be done with it. `leaf` is where the conversation ends now. */
export function ShareRow({ share, leaf }: Props) {
  const [busy, setBusy] = useState(false);
  const cap = useSession((state) => state.boot?.instance.share_max_days ?? null);
  const url = shareUrl(share);
  const run = async (work: () => Promise<unknown>, done: string) => {
    setBusy(true);
    try {
      await work();
      toast(done);
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  const until = share.expires ? t("share.until", { time: formatDate(share.expires) }) : t("share.noEnd");
  return (
    <li className="flex flex-col gap-2.5 rounded-md border border-border p-3">
      <div className="flex items-center gap-1">
        <input readOnly value={url} aria-label={t("share.link")} onFocus={(event) => event.target.select()} className={inputClass} />
        <CopyButton text={() => url} label={t("share.copy")} />
      </div>
      <p className="text-sm text-text-2">
        {[plural("share.shows", share.messages, { time: formatDate(share.updated) }), until].join(" · ")}
        {share.show_name && ` · ${t("share.withName")}`}
        {share.details && ` · ${t("share.withDetails")}`}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        {leaf !== null && leaf !== share.leaf && (
          <Button small disabled={busy} onClick={() => void run(() => changeShare(share.id, { leaf }), t("share.updated"))}>
            {t("share.update")}
          </Button>
        )}
        <DaysSelect
          label={t("share.days")}
          hideLabel
          keep={t("share.renew")}
          cap={cap}
          value=""
          disabled={busy}
          className="min-w-0 flex-1"
          onChange={(event) => void run(() => changeShare(share.id, { days: daysOf(event.target.value) }), t("share.renewed"))}
        />
        <Button look="danger" disabled={busy} onClick={() => void run(() => revokeShare(share.id), t("share.revoked"))}>
          {t("share.revoke")}
        </Button>
      </div>
    </li>
  );
}
