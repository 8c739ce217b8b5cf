import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { ApiError } from "../api/errors.ts";
import { Button } from "../design/button.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { skeletonOf } from "./places.ts";

const PATIENCE_MS = 150;
const USUAL = [200];

/** Grey lines in the shape of a conversation, as high as it was when it was last here; only when loading takes long enough to be seen. */
export function ConversationLoading({ conversation }: { conversation: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  const [heights] = useState(() => skeletonOf(conversation));
  if (!late) return null;
  return (
    <div role="status" aria-label={t("common.loading")}>
      {(heights.length ? heights : USUAL).map((height, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the turns have no names yet
        <div key={index} className="flex flex-col gap-6 overflow-hidden pb-6" style={{ height }}>
          <div className="skeleton ms-auto h-11 w-2/5 shrink-0" />
          <div className="flex flex-col gap-2.5">
            <div className="skeleton h-4 w-full" />
            <div className="skeleton h-4 w-11/12" />
            <div className="skeleton h-4 w-3/5" />
          </div>
        </div>
      ))}
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
