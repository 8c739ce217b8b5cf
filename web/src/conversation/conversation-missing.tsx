import { Link } from "wouter";
import type { ApiError } from "../api/errors.ts";
import { Button } from "../design/button.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";

/** In place of a conversation that cannot be shown: it is gone, or it could not be loaded. */
export function ConversationMissing({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const gone = error.status === 404;
  return (
    <div role="alert" className="m-auto flex max-w-sm flex-col items-center gap-3 p-6 text-center">
      <h1 className="font-semibold text-xl">{gone ? t("thread.goneTitle") : t("thread.failedTitle")}</h1>
      <p className="text-text-2">{gone ? t("thread.goneText") : describeError(error)}</p>
      {gone ? (
        <Link
          href="/"
          className="inline-flex h-10 items-center rounded-md border border-border bg-raised px-4 font-medium hover:bg-hover max-md:h-11"
        >
          {t("sidebar.new")}
        </Link>
      ) : (
        <Button onClick={onRetry}>{t("common.retry")}</Button>
      )}
    </div>
  );
}
