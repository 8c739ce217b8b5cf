import { useState } from "react";
import { asApiError } from "../api/errors.ts";
import { changeUsers } from "../api/people.ts";
import { keys, queryClient } from "../api/queries.ts";
import { Button } from "../design/button.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { plural, t, textOfCode } from "../i18n/index.ts";

type Props = { ids: string[]; onDone: () => void };

/** What can be done with the users that are ticked, at once. */
export function BulkBar({ ids, onDone }: Props) {
  const [busy, setBusy] = useState(false);
  const run = async (change: { status?: "active" | "suspended"; role?: "admin" | "member" }) => {
    setBusy(true);
    try {
      const { changed, refused } = await changeUsers({ ids, ...change });
      const first = refused[0];
      const why = first && (textOfCode("error", first.code) ?? first.detail);
      const text = plural("users.bulkDone", changed.length);
      toast(why ? `${text} ${plural("users.bulkRefused", refused.length, { why })}` : text, { tone: why ? "error" : "info" });
      onDone();
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    } finally {
      setBusy(false);
      void queryClient.invalidateQueries({ queryKey: keys.users });
    }
  };
  return (
    <div className="sticky top-0 z-10 mb-3 flex flex-wrap items-center gap-2 rounded-md border border-accent-line bg-accent-soft px-3 py-2">
      <span className="flex-1 font-medium text-sm" aria-live="polite">
        {plural("users.selected", ids.length)}
      </span>
      <Button small disabled={busy} onClick={() => void run({ status: "active" })}>
        {t("users.activate")}
      </Button>
      <Button small disabled={busy} onClick={() => void run({ role: "member" })}>
        {t("users.toMember")}
      </Button>
      <Button small look="danger" disabled={busy} onClick={() => void run({ status: "suspended" })}>
        {t("users.suspend")}
      </Button>
      <Button small look="quiet" disabled={busy} onClick={onDone}>
        {t("users.clear")}
      </Button>
    </div>
  );
}
