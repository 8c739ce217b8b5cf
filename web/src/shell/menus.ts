/** The menus of the list: of a conversation, of a folder, and of the list as a whole. */
import {
  Archive,
  ArchiveRestore,
  ArrowDown,
  ArrowUp,
  CheckCheck,
  Download,
  FolderInput,
  FolderPlus,
  ListChecks,
  Pencil,
  Pin,
  PinOff,
  Share2,
  SquarePen,
  Trash2,
} from "lucide-react";
import { navigate } from "wouter/use-browser-location";
import { exportPath } from "../api/client.ts";
import { apiUrl, pageUrl } from "../api/http.ts";
import { keys, type Pages, queryClient } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import type { Conversation, Folder } from "../api/types.ts";
import { beginIn } from "../conversation/beginning.ts";
import type { MenuItem } from "../design/menu.tsx";
import { t } from "../i18n/index.ts";
import { openSharing } from "../sharing/open.ts";
import { moveFolder } from "./folders.ts";
import { organise } from "./organise.ts";
import { askToDelete, askWhere, nameNewFolder } from "./questions.ts";
import { beginSelection, pick } from "./selection.ts";
import { capsOf, isMac } from "./shortcuts.ts";

export function conversationMenu(item: Conversation, onRename: () => void): MenuItem[] {
  const ids = [item.id];
  const download = (format: "markdown" | "json") => location.assign(apiUrl(exportPath(item.id, format)));
  return [
    { label: t("common.rename"), icon: Pencil, note: "F2", onSelect: onRename },
    item.pinned
      ? { label: t("organise.unpin"), icon: PinOff, onSelect: () => void organise(ids, "unpin") }
      : { label: t("organise.pin"), icon: Pin, onSelect: () => void organise(ids, "pin") },
    { label: t("organise.move"), icon: FolderInput, onSelect: () => askWhere(ids) },
    item.archived
      ? { label: t("organise.unarchive"), icon: ArchiveRestore, onSelect: () => void organise(ids, "unarchive") }
      : { label: t("organise.archive"), icon: Archive, onSelect: () => void organise(ids, "archive") },
    { label: t("organise.select"), icon: ListChecks, onSelect: () => pick(item.id) },
    ...(useSession.getState().user?.role === "guest"
      ? []
      : [{ label: t("share.menu"), icon: Share2, onSelect: () => openSharing(item.id) }]),
    { label: t("export.markdown"), icon: Download, onSelect: () => download("markdown") },
    { label: t("export.json"), icon: Download, onSelect: () => download("json") },
    { label: t("common.delete"), icon: Trash2, danger: true, onSelect: () => void organise(ids, "delete") },
  ];
}

export function folderMenu(folder: Folder, onRename: () => void): MenuItem[] {
  const folders = queryClient.getQueryData<{ items: Folder[] }>(keys.folders)?.items ?? [];
  const begin = () => {
    beginIn(folder.id);
    navigate(pageUrl("/"));
  };
  return [
    { label: t("folder.begin"), icon: SquarePen, onSelect: begin },
    { label: t("common.rename"), icon: Pencil, note: "F2", onSelect: onRename },
    {
      label: t("folder.up"),
      icon: ArrowUp,
      note: chord("ArrowUp"),
      disabled: folders[0]?.id === folder.id,
      onSelect: () => moveFolder(folder.id, -1),
    },
    {
      label: t("folder.down"),
      icon: ArrowDown,
      note: chord("ArrowDown"),
      disabled: folders.at(-1)?.id === folder.id,
      onSelect: () => moveFolder(folder.id, 1),
    },
    { label: t("common.delete"), icon: Trash2, danger: true, onSelect: () => askToDelete(folder) },
  ];
}

const chord = (key: string) => capsOf({ key, mod: true, shift: true }, isMac()).join(" ");

export function listMenu(): MenuItem[] {
  return [
    { label: t("folder.new"), icon: FolderPlus, onSelect: nameNewFolder },
    { label: t("organise.selectMany"), icon: ListChecks, onSelect: beginSelection },
    { label: t("organise.readAll"), icon: CheckCheck, onSelect: readAll },
    { label: t("archive.title"), icon: Archive, onSelect: () => navigate(pageUrl("/archive")) },
  ];
}

function readAll(): void {
  const lists = queryClient.getQueriesData<Pages<Conversation>>({ queryKey: keys.conversations });
  const items = lists.flatMap(([, data]) => data?.pages ?? []).flatMap((page) => page.items);
  const unread = items.filter((item) => item.unread).map((item) => item.id);
  if (unread.length) void organise(unread, "read");
}
