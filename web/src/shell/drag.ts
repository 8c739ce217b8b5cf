import { type DragEvent, useState } from "react";
import { organise } from "./later.ts";
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

/** A folder, or with null the list of what is in none. */
export function useFolderDrop(folder: string | null) {
  return useDrop((ids) => void organise(ids, "move", folder));
}
