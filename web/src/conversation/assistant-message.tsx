import { findModel } from "../api/queries.ts";
import type { CitationPart, Message, Part } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { AnswerStatus } from "./answer-status.tsx";
import { AssistantActions } from "./assistant-actions.tsx";
import { Citations } from "./citations.tsx";
import { loadFailureNote } from "./late-parts.ts";
import { isUnfinished } from "./local.ts";
import { PartView } from "./part-view.tsx";
import { useDraft } from "./use-draft.ts";
import type { ModelChoice } from "./use-model.ts";

type Props = { message: Message; choice: ModelChoice; last: boolean };

/** An answer: what is stored of it, or what is being written to it right now. */
export function AssistantMessage({ message, choice, last }: Props) {
  const draft = useDraft(message.id);
  const stopped = draft?.state === "cancelled";
  const writing = isUnfinished(message.status) && !stopped;
  const parts = draft && draft.parts.length > 0 ? draft.parts : message.parts;
  const model = findModel(choice.models, message.provider && message.model ? { provider: message.provider, model: message.model } : null);
  const shown = parts.filter((part) => part.type !== "citation");
  const citations = parts.filter((part): part is CitationPart => part.type === "citation");
  return (
    <article
      className="message group flex flex-col gap-2"
      aria-label={t("message.answer", { model: model?.name ?? message.model ?? "" })}
      data-role="assistant"
      data-status={stopped ? "stopped" : message.status}
      aria-busy={writing || undefined}
    >
      <div className="flex flex-col gap-3">
        {shown.map((part, index) => (
          <PartView key={keyOf(part, index)} part={part} message={message} live={writing && index === shown.length - 1} />
        ))}
      </div>
      <Citations items={citations} />
      {writing && <AnswerStatus message={message} draft={draft} parts={shown} />}
      {!writing && (stopped || message.status !== "done") && (
        <Late load={loadFailureNote} props={{ message, choice, stopped }} fallback={<div className="h-8" />} />
      )}
      {!writing && <AssistantActions message={message} model={model} choice={choice} parts={parts} last={last} />}
    </article>
  );
}

function keyOf(part: Part, index: number): string {
  return part.type === "tool_call" ? part.call : `${part.type}-${index}`;
}
