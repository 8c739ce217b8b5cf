import { keys, type Pages, queryClient } from "../api/queries.ts";
import type { Conversation } from "../api/types.ts";
import { lastAnswerOf, lastCodeOf } from "../conversation/last.ts";
import { copyText } from "../design/copy.ts";
import { focusToasts, toast } from "../design/toast.tsx";
import { t } from "../i18n/index.ts";
import { openLayer } from "./layers.ts";
import { removeWithUndo } from "./list-actions.ts";
import { stepMessage } from "./message-steps.ts";
import type { PageAction } from "./shortcuts.ts";

export type Place = { location: string; navigate: (path: string) => void; toggleSidebar: () => void };

/** What each action does, by the place where the person is. One that has nothing to do there returns false, and the browser keeps the key. */
export function pageCommands({ location, navigate, toggleSidebar }: Place): Record<PageAction, () => boolean> {
  const conversation = conversationIn(location);
  const go = (path: string) => done(() => navigate(path));
  return {
    palette: () => done(() => openLayer("palette")),
    help: () => done(() => openLayer("keys")),
    newConversation: () => go("/"),
    settings: () => go("/settings"),
    sidebar: () => done(toggleSidebar),
    model: () => press("model-picker"),
    composer: focusComposer,
    notes: focusToasts,
    copyAnswer: () => conversation !== null && copy(lastAnswerOf(conversation)),
    copyCode: () => conversation !== null && copy(lastCodeOf(conversation)),
    deleteConversation: () => {
      const item = conversation && find(conversation);
      if (!item) return false;
      navigate("/");
      return done(() => void removeWithUndo(item));
    },
    nextMessage: () => stepMessage(1),
    previousMessage: () => stepMessage(-1),
  };
}

/** The conversation that an address of the page shows. */
export function conversationIn(location: string): string | null {
  return /^\/c\/([^/]+)$/.exec(location)?.[1] ?? null;
}

/** The conversation as far as the page knows it. */
export function find(id: string): Conversation | null {
  const listed = queryClient.getQueryData<Pages<Conversation>>(keys.conversations)?.pages.flatMap((page) => page.items);
  return queryClient.getQueryData<Conversation>(keys.conversation(id)) ?? listed?.find((item) => item.id === id) ?? null;
}

export function focusComposer(): boolean {
  const field = document.getElementById("composer");
  field?.focus();
  return field !== null;
}

function press(id: string): boolean {
  const button = document.getElementById(id);
  button?.click();
  return button !== null;
}

function copy(text: string | null): boolean {
  if (text === null) return false;
  void copyText(text).then((copied) => copied && toast(t("common.copied")));
  return true;
}

function done(act: () => void): true {
  act();
  return true;
}
