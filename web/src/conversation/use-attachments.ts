import { useCallback, useState } from "react";
import type { ImagePart } from "../api/types.ts";
import { type Attachment, newAttachment, upload } from "./attachments.ts";

/** The images of a message that is being written. */
export function useAttachments() {
  const [items, setItems] = useState<Attachment[]>([]);

  const start = useCallback((item: Attachment) => {
    const change = (patch: Partial<Attachment>) =>
      setItems((all) => all.map((other) => (other.id === item.id ? { ...other, ...patch } : other)));
    void upload(item, change);
  }, []);
  const add = useCallback(
    (files: File[]) => {
      const added = files.map(newAttachment);
      setItems((all) => [...all, ...added]);
      for (const item of added) start(item);
    },
    [start],
  );
  const remove = useCallback((item: Attachment) => {
    item.abort.abort();
    URL.revokeObjectURL(item.preview);
    setItems((all) => all.filter((other) => other.id !== item.id));
  }, []);
  const clear = useCallback(() => setItems([]), []);

  const parts = items.flatMap((item): ImagePart[] => (item.part ? [item.part] : []));
  return { items, parts, settled: parts.length === items.length, add, remove, retry: start, clear };
}
