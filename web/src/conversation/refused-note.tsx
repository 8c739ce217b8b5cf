import { useLocation } from "wouter";
import type { Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { resend } from "./actions.ts";
import { discard, useOutbox } from "./outbox.ts";
import { RequestId } from "./request-id.tsx";
import { takeBack } from "./take-back.ts";
import type { ModelChoice } from "./use-model.ts";

/** Why a message did not get to the server, and what can be done. */
export function RefusedNote({ message, choice }: { message: Message; choice: ModelChoice }) {
  const refusal = useOutbox((state) => state.refused[message.id]);
  const [, navigate] = useLocation();
  if (!refusal) return null;
  const model = choice.model;
  const again = () => resend(message.id, model ? { provider: model.provider, model: model.id } : undefined);
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
      <div className="flex items-center gap-2">
        <Button small onClick={again}>
          {t("common.retry")}
        </Button>
        <Button small onClick={rewrite}>
          {t("message.rewrite")}
        </Button>
        <Button small look="quiet" onClick={() => discard(message.id)}>
          {t("message.discard")}
        </Button>
        <RequestId id={refusal.requestId} />
      </div>
    </div>
  );
}
