import { useEffect, useMemo, useRef, useState } from "react";
import { asApiError } from "../api/errors.ts";
import { showStretch, useConversation } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import type { InputPart } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { followUnfinished, send } from "./actions.ts";
import { attempt } from "./attempt.ts";
import { Composer } from "./composer.tsx";
import { ConversationLoading } from "./conversation-loading.tsx";
import { Hold } from "./hold.ts";
import { KeepPlace } from "./keep-place.tsx";
import { loadAhead, loadConversationMissing, loadJumpButton, loadShareButton } from "./late-parts.ts";
import { isUnfinished } from "./local.ts";
import { StandingNotice } from "./standing-notice.tsx";
import { stop, useStopping } from "./stopping.ts";
import { Thread } from "./thread.tsx";
import { ThreadEdge } from "./thread-edge.tsx";
import { turnsOf } from "./turns.ts";
import { useUnseen } from "./unseen.ts";
import { useBranch } from "./use-branch.ts";
import { useComparison } from "./use-comparison.ts";
import { useJump } from "./use-jump.ts";
import { useModel } from "./use-model.ts";
import { useStickyBottom } from "./use-sticky-bottom.ts";
import { useStopKey } from "./use-stop-key.ts";
import "./thread.css";

/** One conversation: its messages and the composer under them. */
export default function ConversationPage({ id }: { id: string }) {
  const { query, messages, atEnd } = useBranch(id);
  const turns = useMemo(() => turnsOf(messages), [messages]);
  const conversation = useConversation(id).data ?? null;
  const choice = useModel(conversation);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { away, toEnd, hold, goOn } = useStickyBottom(id, scroller, content, atEnd);
  const unseen = useUnseen(away, messages);
  const [editing, setEditing] = useState<string | null>(null);
  const compared = useComparison(id, messages.at(-1));
  const answering = [...messages, ...(compared ?? [])].filter((message) => message.role === "assistant" && isUnfinished(message.status));
  const stopping = useStopping(answering);
  const running = answering.length > 0 && !stopping;

  useEffect(loadAhead, []);
  useEffect(() => followUnfinished(messages), [messages]);
  useJump(id, query.isSuccess, scroller, hold);
  useTitle(conversation && (conversation.title || t("sidebar.untitled")));
  const onStop = () => {
    for (const each of answering) void attempt(stop(each));
  };
  useStopKey(running, onStop);

  const onSend = (parts: InputPart[]) => {
    if (!choice.model) return;
    send(id, parts, { provider: choice.model.provider, model: choice.model.id });
    if (atEnd) requestAnimationFrame(() => toEnd("smooth"));
    else void toNewest();
  };
  const toNewest = async () => {
    try {
      if (!atEnd) await showStretch(id, null);
      requestAnimationFrame(() => toEnd(atEnd ? "smooth" : "instant"));
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    }
  };

  const empty = messages.length === 0;
  if (empty && query.error) {
    const props = { error: asApiError(query.error), onRetry: () => void query.refetch() };
    return <Late load={loadConversationMissing} props={props} fallback={null} />;
  }
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      {!conversation?.temporary && <Late load={loadShareButton} props={{ conversation: id }} fallback={null} />}
      <h1 className="sr-only">{conversation?.title || t("sidebar.untitled")}</h1>
      {conversation && <StandingNotice conversation={conversation} />}
      <div
        ref={scroller}
        className="thread-scroll thin-scroll min-h-0 flex-1 overflow-y-auto overscroll-contain"
        tabIndex={0}
        aria-label={t("thread.label")}
        role="region"
      >
        <div ref={content} className="mx-auto w-full max-w-thread px-4 pt-6 pb-4 md:px-6">
          {empty && query.isPending && <ConversationLoading conversation={id} />}
          <KeepPlace conversation={id} stretch={`${turns[0]?.key} ${turns.at(-1)?.key}`} scroller={scroller} onHeld={goOn}>
            {query.hasNextPage && (
              <ThreadEdge
                label={t("thread.older")}
                scroller={scroller}
                busy={query.isFetchingNextPage}
                failed={query.isFetchNextPageError}
                load={() => void query.fetchNextPage()}
              />
            )}
            <Hold value={hold}>
              <Thread turns={turns} atEnd={atEnd} choice={choice} editing={editing} onEdit={setEditing} />
            </Hold>
            {!atEnd && (
              <ThreadEdge
                label={t("thread.newer")}
                scroller={scroller}
                busy={query.isFetchingPreviousPage}
                failed={query.isFetchPreviousPageError}
                load={() => void query.fetchPreviousPage()}
              />
            )}
          </KeepPlace>
        </div>
      </div>
      <div className="mx-auto w-full max-w-thread px-3 pb-[max(12px,var(--safe-bottom,env(safe-area-inset-bottom)))] md:px-6">
        {away && <Late load={loadJumpButton} props={{ unseen, onClick: () => void toNewest() }} fallback={null} />}
        <Composer
          key={id}
          conversation={id}
          choice={choice}
          running={running}
          stopping={stopping}
          onSend={onSend}
          onStop={onStop}
          onEditLast={() => setEditing(messages.findLast((message) => message.role === "user")?.id ?? null)}
        />
        <p className="pt-2 text-center text-text-3 text-xs">{t("composer.caution")}</p>
      </div>
    </div>
  );
}

/** The tab is called like the conversation, and until that is known like the instance. */
function useTitle(title: string | null): void {
  const name = useSession((state) => state.boot?.instance.name ?? "Portico");
  useEffect(() => {
    document.title = title ?? name;
    return () => {
      document.title = name;
    };
  }, [title, name]);
}
