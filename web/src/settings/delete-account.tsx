import { useState } from "react";
import { deleteAccount } from "../api/account.ts";
import { forgetDevice } from "../api/forget.ts";
import { pageUrl } from "../api/http.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";

/** The last question before an account ends: its address typed once more, and its password. */
export function DeleteAccount({ email }: { email: string }) {
  const [typed, setTyped] = useState("");
  const form = useForm(async ({ current = "" }) => {
    await deleteAccount(current, typed);
    await forgetDevice(pageUrl(""));
    location.assign(pageUrl("/"));
  });
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <NoticeBox tone="danger">{t("data.deleteWarning")}</NoticeBox>
      <FormError error={form.error} />
      <Field
        label={t("data.confirm", { email })}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        required
        autoComplete="off"
        spellCheck={false}
      />
      <Field label={t("account.password")} name="current" type="password" required autoComplete="current-password" />
      <Button type="submit" look="danger" busy={form.busy} disabled={typed.trim().toLowerCase() !== email}>
        {t("data.deleteNow")}
      </Button>
    </form>
  );
}
