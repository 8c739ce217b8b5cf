import { CircleAlert, CirclePause } from "lucide-react";
import { useState } from "react";
import { Link } from "wouter";
import { asApiError } from "../api/errors.ts";
import { isAdmin, useSession } from "../api/session.ts";
import type { Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { continueAnswer, regenerate } from "./actions.ts";
import { describeFailure, failureOwner } from "./errors.ts";
import { RequestId } from "./request-id.tsx";
import type { ModelChoice } from "./use-model.ts";

type Props = { message: Message; choice: ModelChoice; stopped: boolean };

/** Why an answer is not whole, who is to blame, and the ways on. Nothing for an answer that is. */
export function FailureNote({ message, choice, stopped }: Props) {
  const { status } = message;
  if (status === "failed" || (status === "interrupted" && message.error)) return <Failed message={message} choice={choice} />;
  if (status !== "stopped" && status !== "interrupted" && !stopped) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm text-text-3">
      <CirclePause aria-hidden size={16} />
      <span>{t(status === "interrupted" ? "answer.interrupted" : "answer.stopped")}</span>
      {message.run && !stopped && <ContinueButton message={message} />}
    </div>
  );
}

function Failed({ message, choice }: { message: Message; choice: ModelChoice }) {
  const admin = isAdmin(useSession((state) => state.user));
  const failure = message.error ?? { code: "unexpected" };
  const { text, more } = describeFailure(failure);
  const model = choice.model ?? choice.models[0];
  return (
    <div role="alert" className="flex flex-col gap-2.5 rounded-md bg-danger-soft px-3.5 py-3 text-sm">
      <div className="flex items-start gap-2.5">
        <CircleAlert aria-hidden size={16} className="mt-0.5 shrink-0 text-danger" />
        <div className="min-w-0">
          <p className="font-semibold text-danger">{failureOwner(failure.code)}</p>
          <p className="text-text-1">{text}</p>
          {more && <p className="pt-1 text-text-2 [overflow-wrap:anywhere]">{more}</p>}
        </div>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {model && (
          <Button small onClick={() => act(regenerate(message, { provider: model.provider, model: model.id }))}>
            {t("answer.retryWith", { model: model.name })}
          </Button>
        )}
        {message.parts.length > 0 && <ContinueButton message={message} />}
        {admin && (
          <Link
            href="/settings/providers"
            className="inline-flex h-8 items-center rounded-md px-3 text-sm text-text-2 hover:bg-hover hover:text-text-1"
          >
            {t("failure.settings")}
          </Link>
        )}
      </div>
      <div className="flex min-w-0 flex-wrap items-center gap-x-3 text-text-3 text-xs">
        <code>{failure.code}</code>
        <RequestId id={message.run?.id ?? null} />
      </div>
    </div>
  );
}

function ContinueButton({ message }: { message: Message }) {
  const [busy, setBusy] = useState(false);
  const go = async () => {
    setBusy(true);
    await act(continueAnswer(message));
    setBusy(false);
  };
  return (
    <Button small busy={busy} onClick={() => void go()}>
      {t("answer.continue")}
    </Button>
  );
}

async function act(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
