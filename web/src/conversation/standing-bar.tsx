import { Archive, Ghost } from "lucide-react";
import { patchConversation } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { putConversation } from "../api/shelf.ts";
import type { Conversation } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatDate, t } from "../i18n/index.ts";

/** That a conversation passes, or that it is put away, and the way out of it. */
export default function StandingBar({ conversation }: { conversation: Conversation }) {
  const { temporary, expires } = conversation;
  const Icon = temporary ? Ghost : Archive;
  const time = expires && formatDate(expires, { weekday: "long", hour: "numeric", minute: "2-digit" });
  const onClick = () => void (temporary ? change(conversation, { temporary: false }) : change(conversation, { archived: false }));
  return (
    <div className="flex shrink-0 flex-wrap items-center justify-center gap-x-3 gap-y-1 border-border border-b bg-surface px-4 py-1.5 text-sm text-text-2">
      <Icon aria-hidden size={16} className="shrink-0" />
      <span>{temporary ? (time ? t("temporary.until", { time }) : t("temporary.note")) : t("archive.note")}</span>
      <Button small onClick={onClick}>
        {t(temporary ? "temporary.save" : "organise.unarchive")}
      </Button>
    </div>
  );
}

async function change(conversation: Conversation, patch: { temporary?: false; archived?: boolean }): Promise<void> {
  const shown = patch.temporary === false ? { temporary: false, expires: null } : patch;
  putConversation({ ...conversation, ...shown });
  try {
    putConversation(await patchConversation(conversation.id, patch));
    if (patch.temporary === false) toast(t("temporary.saved"));
  } catch (error) {
    putConversation(conversation);
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
