import { useState } from "react";
import { useSession, useUser } from "../api/session.ts";
import { createShare, shareUrl } from "../api/shares.ts";
import { Button } from "../design/button.tsx";
import { copyText } from "../design/copy.ts";
import { FormError } from "../design/form-error.tsx";
import { Switch } from "../design/switch.tsx";
import { toast } from "../design/toast.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";
import { DaysSelect, daysOf, defaultDays } from "./days-select.tsx";

/** Makes a link: says what its readers will see, and for how long. */
export function ShareForm({ conversation, onMade }: { conversation: string; onMade: () => void }) {
  const user = useUser();
  const cap = useSession((state) => state.boot?.instance.share_max_days ?? null);
  const [named, setNamed] = useState(false);
  const [details, setDetails] = useState(false);
  const form = useForm(async ({ days = "" }) => {
    const made = await createShare(conversation, { days: daysOf(days), show_name: named, details });
    onMade();
    if (await copyText(shareUrl(made))) toast(t("share.copied"));
  });
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <p className="text-text-2">{t("share.intro")}</p>
      <FormError error={form.error} />
      <DaysSelect label={t("share.days")} name="days" defaultValue={defaultDays(cap)} cap={cap} />
      <Choice label={t("share.named", { name: user.name })} checked={named} onChange={setNamed} />
      <Choice label={t("share.details")} hint={t("share.detailsHint")} checked={details} onChange={setDetails} />
      <Button type="submit" look="primary" busy={form.busy}>
        {t("share.create")}
      </Button>
    </form>
  );
}

type ChoiceProps = { label: string; hint?: string; checked: boolean; onChange: (checked: boolean) => void };

function Choice({ label, hint, checked, onChange }: ChoiceProps) {
  return (
    <div className="flex items-center justify-between gap-4">
      <span className="min-w-0">
        <span className="block">{label}</span>
        {hint && <span className="block text-text-3 text-xs">{hint}</span>}
      </span>
      <Switch label={label} checked={checked} onChange={onChange} />
    </div>
  );
}
