import { memo, useEffect, useState } from "react";
import type { Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { t } from "../i18n/index.ts";
import { AssistantMessage } from "./assistant-message.tsx";
import { isUnfinished, viewKeyOf } from "./local.ts";
import type { ModelChoice } from "./use-model.ts";
import { UserMessage } from "./user-message.tsx";

type Props = {
  messages: Message[];
  choice: ModelChoice;
  editing: string | null;
  onEdit: (message: string | null) => void;
  older: { load: () => void; busy: boolean } | null;
};

/** The messages in order. The last turn keeps room under it, so that a question just sent stands at the top of the view. */
export function Thread({ messages, choice, editing, onEdit, older }: Props) {
  const last = messages.at(-1);
  return (
    <>
      {older && (
        <div className="flex justify-center pb-6">
          <Button small look="quiet" busy={older.busy} onClick={older.load}>
            {t("thread.older")}
          </Button>
        </div>
      )}
      <div role="log" aria-live="off" className="flex flex-col">
        {turnsOf(messages).map((turn, index, all) => (
          <div key={viewKeyOf(turn[0]?.id ?? "")} className={index === all.length - 1 ? "turn turn-last" : "turn"}>
            {turn.map((message) => (
              <MessageView
                key={viewKeyOf(message.id)}
                message={message}
                choice={choice}
                editing={editing === message.id}
                onEdit={onEdit}
                last={message === last}
              />
            ))}
          </div>
        ))}
      </div>
      <Announcer message={last} />
    </>
  );
}

type ViewProps = { message: Message; choice: ModelChoice; editing: boolean; onEdit: (message: string | null) => void; last: boolean };

const MessageView = memo(function MessageView({ message, choice, editing, onEdit, last }: ViewProps) {
  if (message.role === "user") return <UserMessage message={message} choice={choice} editing={editing} onEdit={onEdit} />;
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

/** Messages by turn: a question with what answers it. */
function turnsOf(messages: Message[]): Message[][] {
  const turns: Message[][] = [];
  for (const message of messages) {
    const current = turns.at(-1);
    if (message.role === "user" || !current) turns.push([message]);
    else current.push(message);
  }
  return turns;
}
