import { findConversation } from "../api/shelf.ts";
import { lastAnswerOf, lastCodeOf } from "../conversation/last.ts";
import { copyText } from "../design/copy.ts";
import { focusToasts, toast } from "../design/toast.tsx";
import { t } from "../i18n/index.ts";
import type { AtOnce, Place } from "./at-once.ts";
import { organise } from "./later.ts";
import { openLayer } from "./layers.ts";
import { stepMessage } from "./message-steps.ts";
import type { PageAction } from "./shortcuts.ts";

/** What each action does that is not done `atOnce`, by the place where the person is; nothing where there is nothing to do it to. */
export function laterCommands({ location }: Pick<Place, "location">): Record<Exclude<PageAction, AtOnce>, () => void> {
  const conversation = conversationIn(location);
  return {
    palette: () => openLayer("palette"),
    help: () => openLayer("keys"),
    notes: focusToasts,
    copyAnswer: () => copy(conversation && lastAnswerOf(conversation)),
    copyCode: () => copy(conversation && lastCodeOf(conversation)),
    deleteConversation: () => {
      if (conversation && findConversation(conversation)) void organise([conversation], "delete");
    },
    nextMessage: () => stepMessage(1),
    previousMessage: () => stepMessage(-1),
  };
}

/** The conversation that an address of the page shows. */
export function conversationIn(location: string): string | null {
  return /^\/c\/([^/]+)$/.exec(location)?.[1] ?? null;
}

function copy(text: string | null): void {
  if (text !== null) void copyText(text).then((copied) => copied && toast(t("common.copied")));
}
