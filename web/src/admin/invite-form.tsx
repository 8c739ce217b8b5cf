import { invite } from "../api/people.ts";
import { keys, queryClient } from "../api/queries.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { Select } from "../design/select.tsx";
import { useForm } from "../design/use-form.ts";
import { plural, t } from "../i18n/index.ts";
import type { Made } from "./made-link.tsx";

const DAYS = [1, 7, 30];

/** An invitation: for one address or for whoever has the link, as what, and for how long. */
export function InviteForm({ onMade }: { onMade: (made: Made) => void }) {
  const form = useForm(async ({ email = "", role = "member", days = "7" }) => {
    const body = { role: role === "admin" ? ("admin" as const) : ("member" as const), days: Number(days) };
    const { path } = await invite(email ? { ...body, email } : body);
    void queryClient.invalidateQueries({ queryKey: keys.invitations });
    onMade({ path, text: email ? t("invite.madeFor", { email }) : t("invite.made") });
  });
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      <Field label={t("invite.email")} name="email" type="email" maxLength={200} autoComplete="off" hint={t("invite.emailHint")} />
      <Select
        label={t("users.roleLabel")}
        name="role"
        options={[
          { value: "member", label: t("role.member") },
          { value: "admin", label: t("role.admin") },
        ]}
      />
      <Select
        label={t("invite.days")}
        name="days"
        defaultValue="7"
        options={DAYS.map((days) => ({ value: String(days), label: plural("share.forDays", days) }))}
      />
      <Button type="submit" look="primary" busy={form.busy}>
        {t("invite.create")}
      </Button>
    </form>
  );
}
