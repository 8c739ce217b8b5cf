import { useState } from "react";
import { signIn } from "../api/client.ts";
import { useSession } from "../api/session.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { useCountdown } from "../design/use-countdown.ts";
import { useForm } from "../design/use-form.ts";
import { formatSeconds, t } from "../i18n/index.ts";

/** Sign-in by e-mail and password, or by the access code where the instance has one. */
export function SignInForm({ onDone, email }: { onDone: () => Promise<void>; email?: string }) {
  const codes = useSession((state) => state.boot?.access_code ?? false);
  const [byCode, setByCode] = useState(codes && !email);
  const form = useForm(async (values) => {
    await signIn(byCode ? { access_code: values.code ?? "" } : { email: values.email ?? "", password: values.password ?? "" });
    await onDone();
  });
  const wait = useCountdown(form.error?.code === "rate_limited" ? form.error.retryAfterMs : null, form.error);
  return (
    <form key={byCode ? "code" : "password"} className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      {form.error?.code === "rate_limited" ? (
        <NoticeBox tone="warn" role="alert">
          {t("signIn.tooMany")}
        </NoticeBox>
      ) : (
        <FormError error={form.error} />
      )}
      {byCode ? (
        <Field label={t("signIn.code")} name="code" type="password" required autoComplete="off" hint={t("signIn.codeHint")} />
      ) : (
        <>
          <Field label={t("account.email")} name="email" type="email" required autoComplete="username" defaultValue={email} />
          <Field label={t("account.password")} name="password" type="password" required autoComplete="current-password" />
        </>
      )}
      <Button type="submit" look="primary" busy={form.busy} disabled={wait > 0}>
        {wait > 0 ? t("signIn.wait", { time: formatSeconds(wait * 1_000) }) : t("signIn.submit")}
      </Button>
      {codes && (
        <Button look="quiet" onClick={() => setByCode(!byCode)}>
          {t(byCode ? "signIn.usePassword" : "signIn.useCode")}
        </Button>
      )}
    </form>
  );
}
