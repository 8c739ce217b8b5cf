import { useEffect } from "react";
import { patchConversation } from "../api/client.ts";
import { putConversation } from "../api/shelf.ts";
import type { Conversation } from "../api/types.ts";
import { Late } from "../design/late.tsx";

const loadBar = () => import("./standing-bar.tsx");

/** What a person should know of a conversation before reading on. Whoever sees it has read the conversation. */
export function StandingNotice({ conversation }: { conversation: Conversation }) {
  useMarkRead(conversation);
  if (!conversation.temporary && !conversation.archived) return null;
  return <Late load={loadBar} props={{ conversation }} fallback={null} />;
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
