import { type KeyboardEvent, type RefObject, useRef, useState } from "react";

/** Takes a key of the field while a list is open over it; true when it did. */
export type FieldKeys = RefObject<((event: KeyboardEvent) => boolean) | null>;

/** Where in a field an `@` may just have been typed: the code that finds out and shows what it may mean comes with the first one. */
export function useMention() {
  const keys: FieldKeys = useRef(null);
  const [caret, setCaret] = useState<number | null>(null);
  const [used, setUsed] = useState(false);
  const typed = (field: HTMLTextAreaElement, event: Event) => {
    const written = !/Paste|Drop|history/.test((event as InputEvent).inputType ?? "");
    const may = written && /[@＠]/.test(field.value);
    setCaret(may ? field.selectionStart : null);
    if (may) setUsed(true);
  };
  /** The caret went elsewhere, or the field lost the focus. */
  const left = (at: number | null) => setCaret((before) => (before === at ? before : null));
  return { keys, caret, used, typed, left };
}
