import { useEffect, useState } from "react";
import type { Message, Part } from "../api/types.ts";
import { plural, t, textOfCode } from "../i18n/index.ts";
import type { Draft } from "./reduce.ts";

const PATIENCE_MS = 400;

/** What the answer waits for, in words: its place in the queue, another try, the first token. */
export function AnswerStatus({ message, draft, parts }: { message: Message; draft: Draft | null; parts: readonly Part[] }) {
  const late = useLate(message.id);
  const text = statusText(message, draft);
  const last = parts.at(-1);
  if (last?.type === "tool_call" && last.state === "needs_approval") return null;
  if (last?.type === "text" && !text) return null;
  if (!text && (!late || last?.type === "reasoning")) return <div className="h-6" />;
  return (
    <div role="status" className="flex h-6 items-center gap-2 text-sm text-text-3">
      <span aria-hidden className="size-2 animate-breathe rounded-full bg-accent" />
      {text ?? t("answer.thinking")}
    </div>
  );
}

function statusText(message: Message, draft: Draft | null): string | null {
  if (message.id.startsWith("pending:") && !draft) return t("answer.sending");
  if (draft?.notice) return textOfCode("notice", draft.notice.code) ?? draft.notice.detail ?? null;
  if (draft?.state === "queued" && draft.place) return plural("answer.place", draft.place);
  return null;
}

/** True after a moment, so that an answer that begins at once shows no sign of waiting. */
function useLate(id: string): boolean {
  const [late, setLate] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message waits anew
  useEffect(() => {
    setLate(false);
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [id]);
  return late;
}
