import { findModel } from "../api/queries.ts";
import type { Message } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { AnswerBody } from "./answer-body.tsx";
import { loadAssistantActions } from "./late-parts.ts";
import { isUnfinished } from "./local.ts";
import { ModelChange } from "./model-change.tsx";
import { useStoppedDraft } from "./use-draft.ts";
import type { ModelChoice } from "./use-model.ts";

/** As high as the actions that come at the end. */
const room = <div className="h-9 max-md:h-11" />;

type Props = { message: Message; choice: ModelChoice; last: boolean };

/** An answer with what can be done with it. Room for that is kept while it is written, so that nothing moves at its end. */
export function AssistantMessage({ message, choice, last }: Props) {
  const stopped = useStoppedDraft(message.id);
  const writing = isUnfinished(message.status) && !stopped;
  const parts = stopped?.parts.length ? stopped.parts : message.parts;
  const model = findModel(choice.models, message.provider && message.model ? { provider: message.provider, model: message.model } : null);
  return (
    <article
      className="message group flex flex-col gap-2"
      aria-label={t("message.answer", { model: model?.name ?? message.model ?? "" })}
      data-role="assistant"
      data-status={stopped ? "stopped" : message.status}
      aria-busy={writing || undefined}
    >
      <ModelChange message={message} name={model?.name ?? message.model ?? ""} />
      <AnswerBody message={message} choice={choice} />
      {writing ? room : <Late load={loadAssistantActions} props={{ message, model, choice, parts, last }} fallback={room} />}
    </article>
  );
}
