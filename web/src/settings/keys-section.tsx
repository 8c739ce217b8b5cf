import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { createKey, deleteKey, listKeys } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys, queryClient } from "../api/queries.ts";
import { isAdmin, useUser } from "../api/session.ts";
import type { ApiKey } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { CopyButton } from "../design/copy-button.tsx";
import { Field } from "../design/field.tsx";
import { FormError } from "../design/form-error.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { Select } from "../design/select.tsx";
import { toast } from "../design/toast.tsx";
import { useForm } from "../design/use-form.ts";
import { describeError } from "../i18n/errors.ts";
import { formatRelative, t } from "../i18n/index.ts";

const SCOPES: Record<string, ApiKey["scopes"]> = { read: ["read"], chat: ["chat"], all: ["chat", "admin"] };

/** Keys for programs. The secret is shown once, right after it was made. */
export function KeysSection() {
  const { data } = useQuery({ queryKey: keys.apiKeys, queryFn: listKeys });
  const admin = isAdmin(useUser());
  const [secret, setSecret] = useState<string | null>(null);
  const form = useForm(async ({ name = "", scope = "" }) => {
    const made = await createKey({ name, scopes: SCOPES[scope] ?? ["read"] });
    setSecret(made.secret);
    await queryClient.invalidateQueries({ queryKey: keys.apiKeys });
  });
  const remove = async (id: string) => {
    try {
      await deleteKey(id);
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    }
    await queryClient.invalidateQueries({ queryKey: keys.apiKeys });
  };
  return (
    <>
      <SectionHead title={t("settings.keys")} text={t("keys.intro")} />
      <form className="flex max-w-lg flex-col gap-3 pb-5" onSubmit={form.onSubmit}>
        <FormError error={form.error} />
        <div className="flex flex-wrap items-end gap-2">
          <Field label={t("keys.name")} name="name" required maxLength={80} autoComplete="off" className="flex-1" />
          <Select
            label={t("keys.scope")}
            name="scope"
            className="w-48"
            options={[
              { value: "chat", label: t("keys.scopeChat") },
              { value: "read", label: t("keys.scopeRead") },
              ...(admin ? [{ value: "all", label: t("keys.scopeAdmin") }] : []),
            ]}
          />
          <Button type="submit" look="primary" busy={form.busy}>
            {t("keys.create")}
          </Button>
        </div>
      </form>
      {secret && (
        <div className="pb-5">
          <NoticeBox tone="ok" role="status">
            <p>{t("keys.once")}</p>
            <p className="flex items-center gap-2 pt-1">
              <code className="min-w-0 flex-1 truncate font-mono text-text-1" data-testid="secret">
                {secret}
              </code>
              <CopyButton text={() => secret} />
            </p>
          </NoticeBox>
        </div>
      )}
      <ul className="divide-y divide-border rounded-md border border-border bg-raised empty:hidden">
        {data?.items.map((key) => (
          <li key={key.id} className="flex items-center gap-3 px-4 py-3">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium">{key.name}</span>
              <span className="block truncate text-text-3 text-xs">
                <code className="font-mono">{key.prefix}…</code> ·{" "}
                {key.last_used ? t("keys.used", { time: formatRelative(key.last_used) }) : t("keys.unused")}
              </span>
            </span>
            <Button small look="danger" onClick={() => void remove(key.id)}>
              {t("keys.revoke")}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}
