/** What a person can do to one conversation or to many: shown in the same frame, and taken back with a word when the server refuses. */
import { navigate } from "wouter/use-browser-location";
import { patchConversation, type Selection, selectConversations } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { pageUrl } from "../api/http.ts";
import { removeConversation } from "../api/queries.ts";
import { findConversation, isLastWrite, putConversation, whileWriting } from "../api/shelf.ts";
import type { Conversation } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { plural, t } from "../i18n/index.ts";

export type Action = Selection["action"];

const AT_ONCE = 200; // of one request, as the API takes them

export async function rename(item: Conversation, title: string): Promise<void> {
  putConversation({ ...item, title, title_source: "person" });
  try {
    await whileWriting([item.id], async () => showStored(await patchConversation(item.id, { title })));
  } catch (error) {
    putConversation(item);
    complain(error);
  }
}

/** Does one thing with these conversations. `folder` is for `move`; null takes them out of their folders. */
export async function organise(ids: readonly string[], action: Action, folder: string | null = null): Promise<void> {
  const before = ids.flatMap((id) => findConversation(id) ?? []);
  for (const item of before) show(item, action, folder);
  if (action === "delete" || action === "archive") leave(ids);
  try {
    await whileWriting(ids, () => store(ids, action, folder));
    if (action === "delete" || action === "archive") offerUndo(before, action);
  } catch (error) {
    for (const item of before) putConversation(item);
    complain(error);
  }
}

function show(item: Conversation, action: Action, folder: string | null): void {
  if (action === "delete") removeConversation(item.id);
  else putConversation({ ...item, ...patchOf(action, folder) });
}

function patchOf(action: Action, folder: string | null): Partial<Conversation> {
  switch (action) {
    case "archive":
    case "unarchive":
      return { archived: action === "archive" };
    case "pin":
    case "unpin":
      return { pinned: action === "pin" };
    case "move":
      return { folder, pinned: false };
    case "read":
      return { unread: false };
    default:
      return {};
  }
}

async function store(ids: readonly string[], action: Action, folder: string | null): Promise<void> {
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const body: Selection = { ids: ids.slice(start, start + AT_ONCE), action, folder };
    const { items, missing } = await selectConversations(body);
    if (action !== "delete") items.forEach(showStored);
    for (const id of missing) removeConversation(id);
  }
}

/** The server's answer, unless the person went on: then what they see is newer. */
function showStored(item: Conversation): void {
  if (isLastWrite(item.id)) putConversation(item);
}

/** Whoever puts away what is open stands at the start again. */
function leave(ids: readonly string[]): void {
  if (ids.some((id) => location.pathname === pageUrl(`/c/${id}`))) navigate(pageUrl("/"));
}

function offerUndo(items: readonly Conversation[], action: "delete" | "archive"): void {
  const [first] = items;
  if (!first) return;
  const title = first.title || t("sidebar.untitled");
  const text =
    action === "delete"
      ? items.length > 1
        ? plural("organise.deletedMany", items.length)
        : t("sidebar.deleted", { title })
      : items.length > 1
        ? plural("organise.archivedMany", items.length)
        : t("organise.archived", { title });
  const ids = items.map((item) => item.id);
  toast(text, { action: { label: t("common.undo"), run: () => void organise(ids, action === "delete" ? "restore" : "unarchive") } });
}

function complain(error: unknown): void {
  toast(describeError(asApiError(error)), { tone: "error" });
}
