/** What a person can do to one conversation or to many: shown in the same frame, and taken back with a word when the server refuses. */
import { navigate } from "wouter/use-browser-location";
import { patchConversation, type Selection, selectConversations } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { pageUrl } from "../api/http.ts";
import { keys, queryClient, removeConversation } from "../api/queries.ts";
import { findConversation, isLastWrite, putConversation, whileWriting } from "../api/shelf.ts";
import type { Conversation, Folder } from "../api/types.ts";
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

/** Does one thing with these conversations, and offers to take back what puts them elsewhere. `folder` is for `move`; null takes them out of their folders. */
export async function organise(ids: readonly string[], action: Action, folder: string | null = null): Promise<void> {
  const before = ids.flatMap((id) => findConversation(id) ?? []);
  if (action === "delete" || action === "archive") leave(ids);
  if (await change(before, ids, action, folder)) offerUndo(before, action, folder);
}

/** Shows the change at once and stores it; false when the server refused, and all is as before. */
async function change(before: readonly Conversation[], ids: readonly string[], action: Action, folder: string | null): Promise<boolean> {
  for (const item of before) show(item, action, folder);
  try {
    await whileWriting(ids, () => store(ids, action, folder));
    return true;
  } catch (error) {
    for (const item of before) putConversation(item);
    complain(error);
    return false;
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

function offerUndo(before: readonly Conversation[], action: Action, folder: string | null): void {
  const ids = before.map((item) => item.id);
  const offer = (text: string, run: () => Promise<void>) => toast(text, { action: { label: t("common.undo"), run: () => void run() } });
  const [first] = before;
  if (!first) return;
  const title = first.title || t("sidebar.untitled");
  const several = before.length > 1;
  if (action === "delete")
    offer(several ? plural("organise.deletedMany", before.length) : t("sidebar.deleted", { title }), () => organise(ids, "restore"));
  if (action === "archive")
    offer(several ? plural("organise.archivedMany", before.length) : t("organise.archived", { title }), () => organise(ids, "unarchive"));
  const moved = before.filter((item) => item.folder !== folder || item.pinned);
  if (action === "move" && moved.length)
    offer(several ? plural("organise.movedMany", before.length) : movedText(title, folder), () => moveBack(moved));
}

function movedText(title: string, folder: string | null): string {
  const name = queryClient.getQueryData<{ items: Folder[] }>(keys.folders)?.items.find((item) => item.id === folder)?.name;
  return name ? t("organise.moved", { title, folder: name }) : t("organise.movedOut", { title });
}

/** Puts conversations where they were: each in its folder, and pinned ones above all others again. */
async function moveBack(before: readonly Conversation[]): Promise<void> {
  const now = (items: readonly Conversation[]) => items.flatMap((item) => findConversation(item.id) ?? []);
  for (const folder of new Set(before.map((item) => item.folder))) {
    const items = before.filter((item) => item.folder === folder);
    await change(
      now(items),
      items.map((item) => item.id),
      "move",
      folder,
    );
  }
  const pinned = before.filter((item) => item.pinned);
  if (pinned.length)
    await change(
      now(pinned),
      pinned.map((item) => item.id),
      "pin",
      null,
    );
}

function complain(error: unknown): void {
  toast(describeError(asApiError(error)), { tone: "error" });
}
