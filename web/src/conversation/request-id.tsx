import { copyText } from "../design/copy.ts";
import { t } from "../i18n/index.ts";

/** The id under which the server's log knows a failed request; a press copies it. */
export function RequestId({ id }: { id: string | null }) {
  if (!id) return null;
  return (
    <button
      type="button"
      onClick={() => void copyText(id)}
      title={t("failure.copyId")}
      className="min-w-0 truncate rounded-sm font-mono text-text-3 text-xs hover:text-text-1"
    >
      {id}
    </button>
  );
}
