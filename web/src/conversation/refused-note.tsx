import { useState } from "react";
import { useLocation } from "wouter";
import type { Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { resend } from "./actions.ts";
import { discard, useOutbox } from "./outbox.ts";
import { RequestId } from "./request-id.tsx";
import { RetryButton } from "./retry-button.tsx";
import { takeBack } from "./take-back.ts";
import type { ModelChoice } from "./use-model.ts";

/** Why a message did not get to the server, and what can be done: a limit counts down to the moment at which it may go out. */
export function RefusedNote({ message, choice }: { message: Message; choice: ModelChoice }) {
  const refusal = useOutbox((state) => state.refused[message.id]);
  const [, navigate] = useLocation();
  const [since] = useState(Date.now);
  if (!refusal) return null;
  const model = choice.model;
  const again = () => resend(message.id, model ? { provider: model.provider, model: model.id } : undefined);
  const until = refusal.retryAfterMs === null ? null : since + refusal.retryAfterMs;
  const rewrite = () => {
    const path = takeBack(message.id);
    if (path) navigate(path);
    document.getElementById("composer")?.focus();
  };
  return (
    <div role="alert" className="flex max-w-[85%] flex-col gap-2 rounded-md bg-danger-soft px-3 py-2 text-sm">
      <p>
        <strong className="font-semibold text-danger">{t("message.notSent")}</strong> {describeError(refusal)}
      </p>
      <div className="flex flex-wrap items-center gap-2">
        <RetryButton label={t("common.retry")} until={until} onRetry={again} />
        <Button small onClick={rewrite}>
          {t("message.rewrite")}
        </Button>
        <Button small look="quiet" onClick={() => discard(message.id)}>
          {t("message.discard")}
        </Button>
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 text-text-3 text-xs">
        <code>{refusal.code}</code>
        <RequestId id={refusal.requestId} />
      </div>
    </div>
  );
}
