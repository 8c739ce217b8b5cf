import { getSession, setUp } from "../api/client.ts";
import { adoptBoot, noteFirstRun, useSession } from "../api/session.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { useForm } from "../design/use-form.ts";
import { currentLocale, t } from "../i18n/index.ts";

/** Makes the administrator. The token is asked for when the page is not opened on the server's own machine. */
export function SetUpAccount() {
  const tokenRequired = useSession((state) => state.boot?.setup.token_required ?? false);
  const form = useForm(async (values) => {
    const { email = "", name = "", password = "", token } = values;
    await setUp({ email, name, password, locale: currentLocale(), ...(token ? { token } : {}) });
    adoptBoot(await getSession());
    noteFirstRun(true);
  });
  const taken = form.error?.code === "setup_done";
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      {taken && (
        <Button onClick={() => location.reload()} look="secondary">
          {t("setUp.toSignIn")}
        </Button>
      )}
      {tokenRequired && <Field label={t("setUp.token")} name="token" required autoComplete="off" hint={t("setUp.tokenHint")} />}
      <Field label={t("account.name")} name="name" required maxLength={80} autoComplete="name" />
      <Field label={t("account.email")} name="email" type="email" required maxLength={200} autoComplete="username" />
      <Field
        label={t("account.password")}
        name="password"
        type="password"
        required
        minLength={8}
        maxLength={200}
        autoComplete="new-password"
        hint={t("account.passwordHint")}
      />
      <Button type="submit" look="primary" busy={form.busy}>
        {t("setUp.create")}
      </Button>
    </form>
  );
}
