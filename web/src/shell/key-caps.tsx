import { type Chord, capsOf, isMac } from "./shortcuts.ts";

/** A chord as the caps of its keys. */
export function KeyCaps({ chord }: { chord: Chord }) {
  return (
    <span className="inline-flex shrink-0 items-center gap-1">
      {capsOf(chord, isMac()).map((cap) => (
        <kbd
          key={cap}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-border bg-surface px-1 font-sans text-text-2 text-xs"
        >
          {cap}
        </kbd>
      ))}
    </span>
  );
}
