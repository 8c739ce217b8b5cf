import { deleteConversation, patchConversation, restoreConversation } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys, queryClient, removeConversation, updateConversation } from "../api/queries.ts";
import type { Conversation } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";

export async function rename(item: Conversation, title: string): Promise<void> {
  updateConversation(item.id, (before) => ({ ...before, title, title_source: "person" }));
  try {
    const stored = await patchConversation(item.id, { title });
    updateConversation(item.id, () => stored);
  } catch (error) {
    updateConversation(item.id, (before) => ({ ...before, title: item.title, title_source: item.title_source }));
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}

/** Deletes a conversation at once and offers to take it back. */
export async function removeWithUndo(item: Conversation): Promise<void> {
  removeConversation(item.id);
  try {
    await deleteConversation(item.id);
    toast(t("sidebar.deleted", { title: item.title || t("sidebar.untitled") }), {
      action: { label: t("common.undo"), run: () => void restore(item.id) },
    });
  } catch (error) {
    await queryClient.invalidateQueries({ queryKey: keys.conversations });
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}

async function restore(id: string): Promise<void> {
  try {
    await restoreConversation(id);
    await queryClient.invalidateQueries({ queryKey: keys.conversations });
    await queryClient.invalidateQueries({ queryKey: keys.conversation(id) });
  } catch (error) {
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
