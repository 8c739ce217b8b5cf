import { Download } from "lucide-react";
import { downloadExport } from "../api/account.ts";
import { Button } from "../design/button.tsx";
import { FormError } from "../design/form-error.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { saveFile } from "../design/save-file.ts";
import { useCountdown } from "../design/use-countdown.ts";
import { useForm } from "../design/use-form.ts";
import { formatSeconds, t } from "../i18n/index.ts";

/** Downloads everything that the person has; says when again, to who asks too often. */
export function ExportForm() {
  const form = useForm(async () => saveFile("portico-export.json", await downloadExport(), "application/json"));
  const refused = form.error?.code === "rate_limited";
  const wait = useCountdown(refused ? (form.error?.retryAfterMs ?? null) : null, form.error);
  return (
    <form className="flex flex-col gap-3" onSubmit={form.onSubmit}>
      {wait > 0 && (
        <NoticeBox tone="warn" role="alert">
          {t("data.tooMany")}
        </NoticeBox>
      )}
      {!refused && <FormError error={form.error} />}
      <Button type="submit" className="self-start" busy={form.busy} disabled={wait > 0}>
        {!form.busy && <Download aria-hidden size={16} />}
        {wait > 0 ? t("data.wait", { time: formatSeconds(wait * 1_000) }) : t("data.download")}
      </Button>
    </form>
  );
}
