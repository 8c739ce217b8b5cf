import { useCallback, useSyncExternalStore } from "react";
import { filePath } from "../api/client.ts";
import { apiUrl } from "../api/http.ts";
import { useSession } from "../api/session.ts";
import type { ImagePart } from "../api/types.ts";
import type { ImageItem, Item, TextItem } from "./attachments.ts";

/** What stands in a composer but was not sent. */
export type Draft = { text: string; items: readonly Item[] };

const EMPTY: Draft = { text: "", items: [] };
const PREFIX = "portico:draft:";
type StoredItem = TextItem | (Pick<ImageItem, "kind" | "id" | "name" | "size"> & { part: ImagePart });

/**
 * Drafts per person and conversation, kept on this device and the same in every tab. Text and items lie apart, so that a
 * key press does not write a pasted book anew. It lies outside of React, since uploads go on while another view is shown.
 */
class Drafts {
  readonly #drafts = new Map<string, Draft>();
  readonly #listeners = new Set<() => void>();
  /** False when the device has no room left for what is written. */
  kept = true;

  constructor() {
    window.addEventListener("storage", (event) => this.#onStorage(event));
  }

  get(key: string): Draft {
    const known = this.#drafts.get(key);
    if (known) return known;
    const draft = { text: localStorage.getItem(textKey(key)) ?? "", items: readItems(key) };
    this.#drafts.set(key, draft);
    return draft;
  }

  set(key: string, draft: Draft): void {
    const before = this.get(key);
    this.#drafts.set(key, draft);
    if (before.text !== draft.text) this.#write(textKey(key), draft.text);
    if (before.items !== draft.items) this.#write(itemsKey(key), writeItems(draft.items));
    this.#notify();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #write(name: string, value: string): void {
    try {
      if (value) localStorage.setItem(name, value);
      else localStorage.removeItem(name);
      this.kept = true;
    } catch {
      this.kept = false; // The device is full: the composer says so.
    }
  }

  /** Another tab wrote. What is still on its way in this one stays beside it. */
  #onStorage(event: StorageEvent): void {
    for (const [key, draft] of this.#drafts) {
      if (event.key !== null && event.key !== textKey(key) && event.key !== itemsKey(key)) continue;
      const own = draft.items.filter((item) => item.kind === "refused" || (item.kind === "image" && item.state !== "ready"));
      const items = event.key === textKey(key) ? draft.items : [...readItems(key), ...own];
      this.#drafts.set(key, { text: localStorage.getItem(textKey(key)) ?? "", items });
    }
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const drafts = new Drafts();

/** The key of the draft of a conversation, or of the one that is not begun yet. */
export function draftKey(conversation: string | null): string {
  return `${useSession.getState().user?.id ?? ""}:${conversation ?? "new"}`;
}

export function useDraftOf(key: string): Draft {
  return useSyncExternalStore(
    drafts.subscribe,
    useCallback(() => drafts.get(key), [key]),
  );
}

/** Whether something stands in the composer of the home page. */
export function useIsBegun(): boolean {
  const { text, items } = useDraftOf(draftKey(null));
  return text !== "" || items.length > 0;
}

export function setText(key: string, text: string): void {
  drafts.set(key, { ...drafts.get(key), text });
}

export function changeItems(key: string, change: (items: readonly Item[]) => readonly Item[]): void {
  const draft = drafts.get(key);
  drafts.set(key, { ...draft, items: change(draft.items) });
}

export function clearDraft(key: string): void {
  drafts.set(key, EMPTY);
}

/** An image that is on the server already, as an item of a draft. */
export function storedImage(part: ImagePart, id: string, size: number): ImageItem {
  const preview = part.file.startsWith("data:") ? part.file : apiUrl(filePath(part.file));
  const done = { state: "ready", progress: 1, error: null, retryable: false, source: null } as const;
  return { kind: "image", id, name: part.name ?? "", size, preview, part, ...done };
}

const textKey = (key: string) => `${PREFIX}text:${key}`;
const itemsKey = (key: string) => `${PREFIX}items:${key}`;

function readItems(key: string): Item[] {
  try {
    const stored = JSON.parse(localStorage.getItem(itemsKey(key)) ?? "[]") as StoredItem[];
    return stored.map((item) => (item.kind === "text" ? item : storedImage(item.part, item.id, item.size)));
  } catch {
    return []; // Written by another version of the page.
  }
}

/** Items that can be taken up again: texts, and images that are on the server. */
function writeItems(items: readonly Item[]): string {
  const stored = items.flatMap((item): StoredItem[] => {
    if (item.kind === "text") return [item];
    if (item.kind !== "image" || !item.part) return [];
    return [{ kind: "image", id: item.id, name: item.name, size: item.size, part: item.part }];
  });
  return stored.length ? JSON.stringify(stored) : "";
}
