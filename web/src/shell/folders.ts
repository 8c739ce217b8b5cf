/** What a person can do to folders, shown at once like everything else. */
import { deleteFolder, patchFolder, putFolder } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { newId } from "../api/ids.ts";
import { keys, queryClient } from "../api/queries.ts";
import type { Folder, Page } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";

/** Makes a folder behind the others. Returns its id when the server has it, null when it refused. */
export async function createFolder(name: string): Promise<string | null> {
  const folder: Folder = { id: newId(), name, position: foldersNow().length, created: new Date().toISOString(), rev: 0 };
  const made = await write(
    (folders) => [...folders, folder],
    () => putFolder(folder.id, { name }),
  );
  return made ? folder.id : null;
}

export function renameFolder(id: string, name: string): void {
  void write(
    (folders) => folders.map((folder) => (folder.id === id ? { ...folder, name } : folder)),
    () => patchFolder(id, { name }),
  );
}

/** Moves a folder up or down among the others. */
export function moveFolder(id: string, by: 1 | -1): void {
  moveTo(id, placeOf(id) + by);
}

/** Moves a folder to the place of another one. */
export function placeFolder(id: string, other: string): void {
  moveTo(id, placeOf(other));
}

function placeOf(id: string): number {
  return foldersNow().findIndex((folder) => folder.id === id);
}

function moveTo(id: string, to: number): void {
  const from = placeOf(id);
  if (from < 0 || from === to || to < 0 || to >= foldersNow().length) return;
  void write(
    (folders) => moved(folders, from, to),
    () => patchFolder(id, { position: to }),
  );
}

/** Deletes a folder; its conversations stay. */
export async function removeFolder(id: string): Promise<void> {
  await write(
    (folders) => folders.filter((folder) => folder.id !== id),
    () => deleteFolder(id),
  );
  await queryClient.invalidateQueries({ queryKey: keys.conversations });
}

function foldersNow(): Folder[] {
  return queryClient.getQueryData<Page<Folder>>(keys.folders)?.items ?? [];
}

function moved(folders: readonly Folder[], from: number, to: number): Folder[] {
  const rest = folders.filter((_, index) => index !== from);
  return [...rest.slice(0, to), ...folders.slice(from, from + 1), ...rest.slice(to)];
}

async function write(change: (folders: Folder[]) => Folder[], call: () => Promise<unknown>): Promise<boolean> {
  queryClient.setQueryData<Page<Folder>>(keys.folders, (page) => ({ next: null, items: change(page?.items ?? []) }));
  try {
    await call();
    return true;
  } catch (error) {
    toast(describeError(asApiError(error)), { tone: "error" });
    return false;
  } finally {
    void queryClient.invalidateQueries({ queryKey: keys.folders }); // What the server has is what there is.
  }
}
