import { createUser } from "../api/people.ts";
import { keys, queryClient } from "../api/queries.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { Select } from "../design/select.tsx";
import { useForm } from "../design/use-form.ts";
import { t } from "../i18n/index.ts";

export function UserForm({ onSaved }: { onSaved: () => void }) {
  const form = useForm(async ({ email = "", name = "", password = "", role = "member" }) => {
    await createUser({ email, name, password, role: role === "admin" ? "admin" : "member" });
    await queryClient.invalidateQueries({ queryKey: keys.users });
    onSaved();
  });
  return (
    <form className="flex flex-col gap-4" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      <Field label={t("account.name")} name="name" required maxLength={80} autoComplete="off" />
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
      <Select
        label={t("users.roleLabel")}
        name="role"
        options={[
          { value: "member", label: t("role.member") },
          { value: "admin", label: t("role.admin") },
        ]}
      />
      <Button type="submit" look="primary" busy={form.busy}>
        {t("users.add")}
      </Button>
    </form>
  );
}
