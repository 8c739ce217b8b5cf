import { CirclePause } from "lucide-react";
import type { Message } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { ContinueButton } from "./continue-button.tsx";
import { FailedNote } from "./failed-note.tsx";
import type { ModelChoice } from "./use-model.ts";

type Props = { message: Message; choice: ModelChoice; stopped: boolean };

/** Why an answer is not whole, who is to blame, and the ways on. Nothing for an answer that is. */
export function FailureNote({ message, choice, stopped }: Props) {
  const { status } = message;
  if (status === "failed" || (status === "interrupted" && message.error)) return <FailedNote message={message} choice={choice} />;
  if (status !== "stopped" && status !== "interrupted" && !stopped) return null;
  return (
    <div className="flex flex-wrap items-center gap-2 text-sm text-text-3">
      <CirclePause aria-hidden size={16} />
      <span>{t(status === "interrupted" ? "answer.interrupted" : "answer.stopped")}</span>
      {message.run && !stopped && <ContinueButton message={message} />}
    </div>
  );
}
