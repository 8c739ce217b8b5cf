import { type KeyboardEvent, useRef, useState } from "react";
import { isComposing } from "../design/composing.ts";

type Props = { value: string; label: string; maxLength: number; onSave: (text: string) => void; onClose: () => void };

/** A name that is being written where it stands: Enter and leaving keep it, Escape does not. */
export function TitleEditor({ value, label, maxLength, onSave, onClose }: Props) {
  const [text, setText] = useState(value);
  const done = useRef(false);
  const close = (keep: boolean) => {
    if (done.current) return; // The field loses the focus when it goes, too.
    done.current = true;
    onClose();
    if (keep && text.trim() && text.trim() !== value) onSave(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (isComposing(event)) return;
    if (event.key === "Enter") close(true);
    if (event.key === "Escape") close(false);
  };
  return (
    <input
      // biome-ignore lint/a11y/noAutofocus: the person asked for this field a moment ago
      autoFocus
      value={text}
      maxLength={maxLength}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={onKeyDown}
      onBlur={() => close(true)}
      aria-label={label}
      className="h-9 w-full min-w-0 rounded-md border border-accent bg-raised px-2.5 outline-none max-md:h-11 max-md:text-lg"
    />
  );
}
