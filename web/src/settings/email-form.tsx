import { useState } from "react";
import { changeEmail } from "../api/account.ts";
import { useSession } from "../api/session.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { toast } from "../design/toast.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";

/** Another address to sign in with; the password proves who asks. */
export function EmailForm({ email }: { email: string }) {
  const [open, setOpen] = useState(false);
  const form = useForm(async ({ email: next = "", current = "" }) => {
    useSession.setState({ user: await changeEmail(next, current) });
    setOpen(false);
    toast(t("common.saved"));
  });
  if (!open) {
    return (
      <div className="flex items-end gap-2">
        <Field label={t("account.email")} value={email} readOnly className="flex-1" />
        <Button className="min-w-22" onClick={() => setOpen(true)}>
          {t("profile.change")}
        </Button>
      </div>
    );
  }
  return (
    <form className="flex flex-col gap-3 rounded-md border border-border p-4" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      <Field label={t("profile.newEmail")} name="email" type="email" required maxLength={200} autoComplete="email" defaultValue={email} />
      <Field label={t("password.current")} name="current" type="password" required autoComplete="current-password" />
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={form.busy}>
          {t("common.save")}
        </Button>
        <Button look="quiet" onClick={() => setOpen(false)}>
          {t("common.cancel")}
        </Button>
      </div>
    </form>
  );
}
