import { memo, useEffect, useState } from "react";
import type { Message } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { AssistantMessage } from "./assistant-message.tsx";
import { isUnfinished, viewKeyOf } from "./local.ts";
import { heightOf } from "./places.ts";
import type { Turn } from "./turns.ts";
import type { ModelChoice } from "./use-model.ts";
import { UserMessage } from "./user-message.tsx";

type Props = {
  turns: Turn[];
  /** Whether the last turn is the end of the conversation. */
  atEnd: boolean;
  choice: ModelChoice;
  editing: string | null;
  onEdit: (message: string | null) => void;
};

/** The messages in order. The last turn keeps room under it, so that a question just sent stands at the top of the view. */
export function Thread({ turns, atEnd, choice, editing, onEdit }: Props) {
  const last = turns.at(-1)?.messages.at(-1);
  return (
    <>
      <div role="log" aria-live="off" className="flex flex-col">
        {turns.map((turn, index) => (
          <div
            key={turn.key}
            data-turn={turn.key}
            className={atEnd && index === turns.length - 1 ? "turn turn-last" : "turn"}
            style={{ containIntrinsicBlockSize: `auto ${heightOf(turn.key)}px` }}
          >
            {turn.messages.map((message) => (
              <div key={viewKeyOf(message.id)} data-message={message.id} className="message-place">
                <MessageView message={message} choice={choice} editing={editing === message.id} onEdit={onEdit} last={message === last} />
              </div>
            ))}
          </div>
        ))}
      </div>
      {atEnd && <Announcer message={last} />}
    </>
  );
}

type ViewProps = { message: Message; choice: ModelChoice; editing: boolean; onEdit: (message: string | null) => void; last: boolean };

const MessageView = memo(function MessageView({ message, choice, editing, onEdit, last }: ViewProps) {
  if (message.role === "user") return <UserMessage message={message} choice={choice} editing={editing} onEdit={onEdit} last={last} />;
  return <AssistantMessage message={message} choice={choice} last={last} />;
}, sameView);

/** The list of models changes its identity with every render of the page, but is of use only once a menu opens. */
function sameView(before: ViewProps, after: ViewProps): boolean {
  return (
    before.message === after.message &&
    before.editing === after.editing &&
    before.last === after.last &&
    before.choice.model === after.choice.model &&
    before.choice.models.length === after.choice.models.length
  );
}

/** Says once, politely, that an answer is complete; the stream itself is not read out word by word. */
function Announcer({ message }: { message: Message | undefined }) {
  const [text, setText] = useState("");
  const writing = message?.role === "assistant" && isUnfinished(message.status);
  const [wasWriting, setWasWriting] = useState(false);
  useEffect(() => {
    if (wasWriting && !writing) setText(t("thread.answered"));
    if (writing) setText("");
    setWasWriting(Boolean(writing));
  }, [writing, wasWriting]);
  return (
    <div aria-live="polite" className="sr-only">
      {text}
    </div>
  );
}
