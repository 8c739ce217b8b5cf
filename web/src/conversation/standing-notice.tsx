import { Archive, MessageCircleDashed } from "lucide-react";
import { type ReactNode, useEffect } from "react";
import { patchConversation } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { putConversation } from "../api/shelf.ts";
import type { Conversation } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatDate, t } from "../i18n/index.ts";

/** What a person should know of a conversation before reading on: that it passes, or that it is put away. Whoever sees it has read it. */
export function StandingNotice({ conversation }: { conversation: Conversation }) {
  useMarkRead(conversation);
  if (conversation.temporary) {
    const time = conversation.expires && formatDate(conversation.expires, { weekday: "long", hour: "numeric", minute: "2-digit" });
    const save = () => void change(conversation, { temporary: false }, t("temporary.saved"));
    return (
      <Bar icon={<MessageCircleDashed aria-hidden size={16} />} label={t("temporary.save")} onClick={save}>
        {time ? t("temporary.until", { time }) : t("temporary.note")}
      </Bar>
    );
  }
  if (conversation.archived) {
    const restore = () => void change(conversation, { archived: false });
    return (
      <Bar icon={<Archive aria-hidden size={16} />} label={t("organise.unarchive")} onClick={restore}>
        {t("archive.note")}
      </Bar>
    );
  }
  return null;
}

function Bar({ icon, label, onClick, children }: { icon: ReactNode; label: string; onClick: () => void; children: ReactNode }) {
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-1 border-border border-b bg-surface px-4 py-1.5 text-sm text-text-2">
      {icon}
      <span>{children}</span>
      <Button small onClick={onClick}>
        {label}
      </Button>
    </div>
  );
}

/** An answer that ends while its conversation is open and in view leaves no mark. */
function useMarkRead({ id, unread }: Conversation): void {
  useEffect(() => {
    if (!unread) return;
    const mark = () => {
      if (document.visibilityState !== "visible") return;
      document.removeEventListener("visibilitychange", mark);
      // Where this fails, the conversation stays unread until it is opened again.
      patchConversation(id, { unread: false }).then(putConversation, () => undefined);
    };
    document.addEventListener("visibilitychange", mark);
    mark();
    return () => document.removeEventListener("visibilitychange", mark);
  }, [id, unread]);
}

async function change(conversation: Conversation, patch: { temporary?: false; archived?: boolean }, done?: string): Promise<void> {
  const shown = patch.temporary === false ? { temporary: false, expires: null } : patch;
  putConversation({ ...conversation, ...shown });
  try {
    putConversation(await patchConversation(conversation.id, patch));
    if (done) toast(done);
  } catch (error) {
    putConversation(conversation);
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
