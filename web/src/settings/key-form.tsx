import { useRef } from "react";
import { createKey } from "../api/client.ts";
import { keys, queryClient } from "../api/queries.ts";
import { isAdmin, useUser } from "../api/session.ts";
import type { ApiKey } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { Select } from "../design/select.tsx";
import { useForm } from "../design/use-form.ts";
import { plural, t } from "../i18n/index.ts";

const SCOPES: Record<string, ApiKey["scopes"]> = { read: ["read"], chat: ["chat"], all: ["chat", "admin"] };
const DAYS = [7, 30, 90, 365];
const USUAL_DAYS = "90";
const DAY_MS = 86_400_000;

/** Makes a key: what for, what it may, and for how long. Its secret exists for `onMade` alone. */
export function KeyForm({ onMade }: { onMade: (secret: string) => void }) {
  const admin = isAdmin(useUser());
  const element = useRef<HTMLFormElement>(null);
  const form = useForm(async ({ name = "", scope = "", days = "" }) => {
    const expires = days === "never" ? null : new Date(Date.now() + Number(days) * DAY_MS).toISOString();
    const made = await createKey({ name, scopes: SCOPES[scope] ?? ["read"], expires });
    onMade(made.secret);
    element.current?.reset();
    await queryClient.invalidateQueries({ queryKey: keys.apiKeys });
  });
  return (
    <form ref={element} className="flex max-w-lg flex-col gap-4 pb-6" onSubmit={form.onSubmit}>
      <FormError error={form.error} />
      <Field label={t("keys.name")} name="name" required maxLength={80} autoComplete="off" />
      <div className="grid gap-4 sm:grid-cols-2">
        <Select
          label={t("keys.scope")}
          name="scope"
          options={[
            { value: "chat", label: t("keys.scopeChat") },
            { value: "read", label: t("keys.scopeRead") },
            ...(admin ? [{ value: "all", label: t("keys.scopeAdmin") }] : []),
          ]}
        />
        <Select
          label={t("keys.expiry")}
          name="days"
          defaultValue={USUAL_DAYS}
          options={[
            ...DAYS.map((count) => ({ value: String(count), label: plural("share.forDays", count) })),
            { value: "never", label: t("share.forEver") },
          ]}
        />
      </div>
      <Button type="submit" look="primary" busy={form.busy} className="self-start max-md:self-stretch">
        {t("keys.create")}
      </Button>
    </form>
  );
}
