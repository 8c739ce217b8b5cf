import type { Message, Part } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { AnswerStatus } from "./answer-status.tsx";
import { loadCitations, loadFailureNote } from "./late-parts.ts";
import { isUnfinished } from "./local.ts";
import { PartView } from "./part-view.tsx";
import { useDraft } from "./use-draft.ts";
import type { ModelChoice } from "./use-model.ts";
import { useSources } from "./use-sources.ts";

/** What an answer says, what it rests on, and what it waits for or why it ended: as stored, or as it is being written right now. */
export function AnswerBody({ message, choice }: { message: Message; choice: ModelChoice }) {
  const draft = useDraft(message.id);
  const stopped = draft?.state === "cancelled";
  const writing = isUnfinished(message.status) && !stopped;
  const parts = draft && draft.parts.length > 0 ? draft.parts : message.parts;
  const shown = parts.filter((part) => part.type !== "citation");
  const sources = useSources(parts);
  return (
    <>
      <div className="flex flex-col gap-3">
        {shown.map((part, index) => (
          <PartView
            key={keyOf(part, index)}
            part={part}
            message={message}
            live={writing && index === shown.length - 1}
            first={index === 0}
            sources={sources}
          />
        ))}
      </div>
      {sources.length > 0 && <Late load={loadCitations} props={{ sources }} fallback={<div className="h-7 max-md:h-9" />} />}
      {writing && <AnswerStatus message={message} draft={draft} parts={shown} />}
      {!writing && (stopped || message.status !== "done") && (
        <Late load={loadFailureNote} props={{ message, choice, stopped }} fallback={<div className="h-8" />} />
      )}
    </>
  );
}

function keyOf(part: Part, index: number): string {
  return part.type === "tool_call" ? part.call : `${part.type}-${index}`;
}
