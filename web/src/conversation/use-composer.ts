import { type RefObject, useEffect, useRef, useState } from "react";
import type { InputPart } from "../api/types.ts";
import { isTouch } from "../design/pointer.ts";
import { COUNTED_FROM, charsOf, counts, hindranceOf, partsOf } from "./attachments.ts";
import { clearDraft, draftKey, drafts, useDraftOf } from "./drafts.ts";
import type { ModelChoice } from "./use-model.ts";

type Options = {
  conversation: string | null;
  choice: ModelChoice;
  running: boolean;
  stopping: boolean;
  onSend: (parts: InputPart[]) => void;
  area: RefObject<HTMLTextAreaElement | null>;
};

/** The state of a composer: what stands in it, whether it can be sent, and what it waits for. */
export function useComposer({ conversation, choice, running, stopping, onSend, area }: Options) {
  const key = draftKey(conversation);
  const { text, items } = useDraftOf(key);
  const [waiting, setWaiting] = useState(false);
  const [heldText, setHeldText] = useState<string | null>(null);
  const held = running && heldText === text;
  const filled = text.trim() !== "" || items.some(counts);
  const hindrance = hindranceOf(items, text, choice.model);
  // What the model is told holds the stopped answer as it is stored, so a message that is sent right after stop leaves once it is.
  const ready = choice.model !== null && hindrance === null && !stopping;
  const mayCome = ready || hindrance === "uploading" || ((choice.loading || stopping) && hindrance === null);

  const submit = () => {
    if (!filled) return;
    setHeldText(running ? text : null); // An answer is under way: nothing is sent or queued, the text stays, and a line says why.
    setWaiting(!running && !ready && mayCome);
    if (running || !ready) return;
    onSend(partsOf(items, text));
    for (const item of items) if (item.kind === "image" && item.preview.startsWith("blob:")) URL.revokeObjectURL(item.preview);
    empty(area.current);
    clearDraft(key);
    if (!isTouch()) area.current?.focus();
  };

  const latest = useRef(submit);
  latest.current = submit;
  useEffect(() => {
    if (waiting && ready) latest.current();
    else if (waiting && !mayCome) setWaiting(false);
  }, [waiting, ready, mayCome]);
  useLeaveWarning(hindrance === "uploading");

  // Whether there may be something to say about it: the code that says it comes with the first such draft.
  const notable = hindrance !== null || held || (waiting && !stopping) || !drafts.kept || charsOf(items, text) >= COUNTED_FROM;
  return { key, text, items, filled, notable, hindrance, held, waiting, submit, cancel: () => setWaiting(false) };
}

/** Clears the field as a person would, so that the browser's undo brings the text back. */
function empty(area: HTMLTextAreaElement | null): void {
  if (!area?.value || document.activeElement !== area) return;
  area.select();
  document.execCommand("delete");
}

/** The browser asks before it closes a page whose images have not all left. */
function useLeaveWarning(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [active]);
}
