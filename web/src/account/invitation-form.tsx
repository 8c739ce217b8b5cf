import { acceptInvitation, type Invited } from "../api/people.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { useForm } from "../design/use-form.ts";
import { currentLocale, t } from "../i18n/index.ts";

type Props = { token: string; invitation: Invited; onDone: () => Promise<void>; onOver: () => void };

/** What an invited person chooses: name, address unless it is given, password. The language is the one chosen above. */
export function InvitationForm({ token, invitation, onDone, onOver }: Props) {
  const forPassword = invitation.purpose === "password";
  const form = useForm(async ({ name, email, password = "" }) => {
    const locale = forPassword ? {} : { locale: currentLocale() };
    await acceptInvitation(token, { password, ...(name ? { name } : {}), ...(email ? { email } : {}), ...locale });
    await onDone();
  });
  const over = form.error?.code === "invitation_over";
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      {over && <Button onClick={onOver}>{t("invited.look")}</Button>}
      {!forPassword && <Field label={t("account.name")} name="name" required maxLength={80} autoComplete="name" />}
      {invitation.email ? (
        <Field label={t("account.email")} type="email" value={invitation.email} readOnly autoComplete="username" />
      ) : (
        <Field label={t("account.email")} name="email" type="email" required maxLength={200} autoComplete="username" />
      )}
      <Field
        label={t(forPassword ? "password.new" : "account.password")}
        name="password"
        type="password"
        required
        minLength={8}
        maxLength={200}
        autoComplete="new-password"
        hint={t("account.passwordHint")}
      />
      <Button type="submit" look="primary" busy={form.busy}>
        {t(forPassword ? "invited.setPassword" : "invited.create")}
      </Button>
    </form>
  );
}
