import { patchUser } from "../api/client.ts";
import { keys, queryClient } from "../api/queries.ts";
import type { User } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";

/** Turns a guest into an account, which keeps the guest's conversations. */
export function GuestForm({ guest, onSaved }: { guest: User; onSaved: () => void }) {
  const form = useForm(async ({ email = "", name = "", password = "" }) => {
    await patchUser(guest.id, { email, name, password, role: "member" });
    await queryClient.invalidateQueries({ queryKey: keys.users });
    onSaved();
  });
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <p className="text-text-2">{t("users.guestText")}</p>
      <FormError error={form.error} />
      <Field label={t("account.name")} name="name" required maxLength={80} defaultValue={guest.name} autoComplete="off" />
      <Field label={t("account.email")} name="email" type="email" required maxLength={200} autoComplete="off" />
      <Field
        label={t("users.firstPassword")}
        name="password"
        type="password"
        required
        minLength={8}
        autoComplete="new-password"
        hint={t("account.passwordHint")}
      />
      <Button type="submit" look="primary" busy={form.busy}>
        {t("users.makeAccount")}
      </Button>
    </form>
  );
}
