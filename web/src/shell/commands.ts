import { findConversation } from "../api/shelf.ts";
import { lastAnswerOf, lastCodeOf } from "../conversation/last.ts";
import { copyText } from "../design/copy.ts";
import { focusToasts, toast } from "../design/toast.tsx";
import { t } from "../i18n/index.ts";
import { organise } from "./later.ts";
import { openLayer } from "./layers.ts";
import { stepMessage } from "./message-steps.ts";
import type { PageAction } from "./shortcuts.ts";

export type Place = { location: string; navigate: (path: string) => void; toggleSidebar: () => void };

/** What each action does, by the place where the person is; nothing where there is nothing to do it to. */
export function pageCommands({ location, navigate, toggleSidebar }: Place): Record<PageAction, () => void> {
  const conversation = conversationIn(location);
  return {
    palette: () => openLayer("palette"),
    help: () => openLayer("keys"),
    newConversation: () => navigate("/"),
    settings: () => navigate("/settings"),
    sidebar: toggleSidebar,
    model: () => document.getElementById("model-picker")?.click(),
    composer: focusComposer,
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

export function focusComposer(): void {
  document.getElementById("composer")?.focus();
}

function copy(text: string | null): void {
  if (text !== null) void copyText(text).then((copied) => copied && toast(t("common.copied")));
}
