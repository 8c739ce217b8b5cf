import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { listKeys } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys } from "../api/queries.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { KeyForm } from "./key-form.tsx";
import { KeyRow } from "./key-row.tsx";

/** Keys for programs. The secret is shown once, right after it was made. */
export function KeysSection() {
  const { data, error, isPending, refetch } = useQuery({ queryKey: keys.apiKeys, queryFn: listKeys });
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <>
      <SectionHead title={t("settings.keys")} text={t("keys.intro")} />
      <KeyForm onMade={setSecret} />
      {secret && (
        <div className="pb-6">
          <NoticeBox tone="ok" role="status">
            <p>{t("keys.once")}</p>
            <p className="flex items-center gap-2 pt-1">
              <code className="min-w-0 flex-1 select-all font-mono text-sm text-text-1 [overflow-wrap:anywhere]" data-testid="secret">
                {secret}
              </code>
              <CopyButton text={() => secret} />
            </p>
          </NoticeBox>
        </div>
      )}
      <h2 className="pb-3 font-semibold">{t("keys.list")}</h2>
      {error && (
        <NoticeBox tone="danger" role="alert">
          {describeError(asApiError(error))}{" "}
          <button type="button" className="font-medium underline" onClick={() => void refetch()}>
            {t("common.retry")}
          </button>
        </NoticeBox>
      )}
      {isPending && <div className="skeleton h-20" />}
      {data?.items.length === 0 && <NoticeBox>{t("keys.none")}</NoticeBox>}
      <ul className="divide-y divide-border rounded-md border border-border bg-raised empty:hidden">
        {data?.items.map((item) => (
          <KeyRow key={item.id} item={item} />
        ))}
      </ul>
    </>
  );
}
