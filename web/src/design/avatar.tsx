import type { CSSProperties } from "react";
import { classes } from "./classes.ts";

const HUES = 12;

/** The first letters of a name on a colour of its own: the one chosen, else one that follows from the id and never changes. */
export function Avatar({ id, name, hue, large }: { id: string; name: string; hue?: number | null; large?: boolean }) {
  const degrees = hue ?? hueOf(id);
  return (
    <span
      aria-hidden
      style={{ "--avatar": degrees } as CSSProperties}
      className={classes(
        "avatar inline-flex shrink-0 items-center justify-center rounded-full font-semibold uppercase",
        large ? "size-14 text-lg" : "size-8 text-xs",
      )}
    >
      {initialsOf(name)}
    </span>
  );
}

/** One of twelve hues, by the random end of an id. */
export function hueOf(id: string): number {
  return (Number.parseInt(id.slice(-4), 16) % HUES) * (360 / HUES) || 0;
}

/** "Ada Lovelace" is AL, "Ada" is A; a name in Chinese is shown by its last character, as people there do. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "")];
  if (/\p{Script=Han}/u.test(first[0] ?? "")) return first.at(-1) ?? "";
  const last = words.length > 1 ? [...(words.at(-1) ?? "")][0] : "";
  return `${first[0] ?? ""}${last ?? ""}`;
}
