import { useState } from "react";
import { changePassword } from "../api/client.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { toast } from "../design/toast.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";

export function PasswordSection() {
  const [version, setVersion] = useState(0);
  const form = useForm(async ({ current = "", next = "" }) => {
    await changePassword({ current, new: next });
    setVersion((count) => count + 1);
    toast(t("password.changed"));
  });
  return (
    <>
      <SectionHead title={t("settings.password")} text={t("password.intro")} />
      <form key={version} className="flex max-w-md flex-col gap-4" onSubmit={form.onSubmit}>
        <FormError error={form.error} />
        <Field label={t("password.current")} name="current" type="password" required autoComplete="current-password" />
        <Field
          label={t("password.new")}
          name="next"
          type="password"
          required
          minLength={8}
          maxLength={200}
          autoComplete="new-password"
          hint={t("account.passwordHint")}
        />
        <Button type="submit" look="primary" busy={form.busy} className="self-start">
          {t("password.change")}
        </Button>
      </form>
    </>
  );
}
