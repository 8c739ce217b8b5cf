import { type DragEvent, useState } from "react";
import { organise, placeFolder } from "./later.ts";
import { useSelection } from "./selection.ts";

const TYPE = "application/x-portico-conversations";

/** Takes a conversation along, with all others that are chosen when it is one of them. */
export function startDrag(event: DragEvent, id: string): void {
  const { ids } = useSelection.getState();
  event.dataTransfer.setData(TYPE, JSON.stringify(ids.has(id) ? [...ids] : [id]));
  event.dataTransfer.effectAllowed = "copyMove";
}

/** A place where conversations can be dropped: `over` says that some hang over it. */
export function useDrop(onDrop: (ids: string[]) => void) {
  const [over, setOver] = useState(false);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(TYPE)) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "move";
      setOver(true);
    },
    onDragLeave: (event: DragEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDrop: (event: DragEvent) => {
      const text = event.dataTransfer.getData(TYPE);
      setOver(false);
      if (!text) return;
      event.preventDefault();
      onDrop(JSON.parse(text) as string[]);
    },
  };
  return { over, handlers };
}

const FOLDER = "application/x-portico-folder";

/** The line of the folder that is under way: where it would go is told by where it comes from. */
let dragged: Element | null = null;

export function startFolderDrag(event: DragEvent, id: string): void {
  event.stopPropagation();
  dragged = event.currentTarget.closest("li");
  event.dataTransfer.setData(FOLDER, id);
  event.dataTransfer.effectAllowed = "move";
}

/** A folder takes the place of the one that it is dropped on: behind it on the way down, before it on the way up. */
export function useFolderPlace(folder: string) {
  const [place, setPlace] = useState<"before" | "after" | null>(null);
  const handlers = {
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(FOLDER) || dragged === event.currentTarget) return;
      event.preventDefault();
      const below = dragged && dragged.compareDocumentPosition(event.currentTarget) & Node.DOCUMENT_POSITION_FOLLOWING;
      setPlace(below ? "after" : "before");
    },
    onDragLeave: (event: DragEvent) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setPlace(null),
    onDrop: (event: DragEvent) => {
      const id = event.dataTransfer.getData(FOLDER);
      setPlace(null);
      if (!id) return;
      event.preventDefault();
      void placeFolder(id, folder);
    },
  };
  return { place, handlers };
}

/** A folder, or with null the list of what is in none. */
export function useFolderDrop(folder: string | null) {
  return useDrop((ids) => void organise(ids, "move", folder));
}
