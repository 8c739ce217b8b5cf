import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { ApiError } from "../api/errors.ts";
import { Button } from "../design/button.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";

const PATIENCE_MS = 150;

/** Grey lines in the shape of a conversation; only when loading takes long enough to be seen. */
export function ConversationLoading() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div role="status" aria-label={t("common.loading")} className="flex flex-col gap-6">
      <div className="skeleton ms-auto h-11 w-2/5" />
      <div className="flex flex-col gap-2.5">
        <div className="skeleton h-4 w-full" />
        <div className="skeleton h-4 w-11/12" />
        <div className="skeleton h-4 w-3/5" />
      </div>
    </div>
  );
}

export function ConversationMissing({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const gone = error.status === 404;
  return (
    <div role="alert" className="m-auto flex max-w-sm flex-col items-center gap-3 p-6 text-center">
      <h1 className="font-semibold text-xl">{gone ? t("thread.goneTitle") : t("thread.failedTitle")}</h1>
      <p className="text-text-2">{gone ? t("thread.goneText") : describeError(error)}</p>
      {gone ? (
        <Link href="/" className="font-medium text-accent-text underline underline-offset-4">
          {t("sidebar.new")}
        </Link>
      ) : (
        <Button onClick={onRetry}>{t("common.retry")}</Button>
      )}
    </div>
  );
}
