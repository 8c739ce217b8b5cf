import { ArrowDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { asApiError } from "../api/errors.ts";
import { useConversation } from "../api/queries.ts";
import type { InputPart } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { followUnfinished, send, stop } from "./actions.ts";
import { Composer } from "./composer.tsx";
import { ConversationLoading, ConversationMissing } from "./conversation-states.tsx";
import { loadAhead } from "./late-parts.ts";
import { isUnfinished } from "./local.ts";
import { Thread } from "./thread.tsx";
import { useBranch } from "./use-branch.ts";
import { useModel } from "./use-model.ts";
import { useStickyBottom } from "./use-sticky-bottom.ts";
import { useStopKey } from "./use-stop-key.ts";

/** One conversation: its messages and the composer under them. */
export default function ConversationPage({ id }: { id: string }) {
  const { query, messages } = useBranch(id);
  const conversation = useConversation(id).data ?? null;
  const choice = useModel(conversation);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { away, toEnd } = useStickyBottom(scroller, content);
  const [editing, setEditing] = useState<string | null>(null);
  const answering = messages.findLast((message) => message.role === "assistant" && isUnfinished(message.status)) ?? null;
  const running = answering !== null;

  useEffect(loadAhead, []);
  useEffect(() => followUnfinished(messages), [messages]);
  useTitle(conversation?.title ?? "");
  const onStop = () => {
    if (answering) stop(answering).catch((error) => toast(describeError(asApiError(error)), { tone: "error" }));
  };
  useStopKey(running, onStop);

  const onSend = (parts: InputPart[]) => {
    if (!choice.model) return;
    send(id, parts, { provider: choice.model.provider, model: choice.model.id });
    requestAnimationFrame(() => toEnd("smooth"));
  };

  const empty = messages.length === 0;
  if (empty && query.error) return <ConversationMissing error={asApiError(query.error)} onRetry={() => void query.refetch()} />;
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <h1 className="sr-only">{conversation?.title || t("sidebar.untitled")}</h1>
      <div
        ref={scroller}
        className="thread-scroll thin-scroll min-h-0 flex-1 overflow-y-auto overscroll-contain"
        tabIndex={0}
        aria-label={t("thread.label")}
        role="region"
      >
        <div ref={content} className="mx-auto w-full max-w-3xl px-4 pt-6 pb-4 md:px-6">
          {empty && query.isPending && <ConversationLoading />}
          <Thread
            messages={messages}
            choice={choice}
            editing={editing}
            onEdit={setEditing}
            older={query.hasNextPage ? { load: () => void query.fetchNextPage(), busy: query.isFetchingNextPage } : null}
          />
        </div>
      </div>
      <div className="mx-auto w-full max-w-3xl px-3 pb-[max(12px,env(safe-area-inset-bottom))] md:px-6">
        {away && <JumpButton onClick={() => toEnd("smooth")} />}
        <Composer
          key={id}
          conversation={id}
          choice={choice}
          running={running}
          onSend={onSend}
          onStop={onStop}
          onEditLast={() => setEditing(messages.findLast((message) => message.role === "user")?.id ?? null)}
        />
        <p className="pt-2 text-center text-text-3 text-xs">{t("composer.caution")}</p>
      </div>
    </div>
  );
}

function JumpButton({ onClick }: { onClick: () => void }) {
  return (
    <div className="pointer-events-none relative">
      <button
        type="button"
        onClick={onClick}
        aria-label={t("thread.jump")}
        title={t("thread.jump")}
        className="-translate-x-1/2 pointer-events-auto absolute start-1/2 bottom-3 inline-flex size-9 animate-fade items-center justify-center rounded-full border border-border bg-overlay text-text-2 shadow-2 hover:text-text-1 rtl:translate-x-1/2"
      >
        <ArrowDown aria-hidden size={18} />
      </button>
    </div>
  );
}

function useTitle(title: string): void {
  useEffect(() => {
    const before = document.title;
    if (title) document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
}
