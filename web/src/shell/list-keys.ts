import type { KeyboardEvent } from "react";

/** The arrow keys go from line to line, Home and End to the ends; `before` is where the way up leads from the first line. */
export function moveByKeys(event: KeyboardEvent<HTMLElement>, lines: string, before?: string): void {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const current = event.target instanceof Element ? event.target.closest(lines) : null;
  if (!current) return;
  const all = [...event.currentTarget.querySelectorAll<HTMLElement>(lines)];
  const at = all.indexOf(current as HTMLElement);
  const target = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  if (target < 0 && before) document.querySelector<HTMLElement>(before)?.focus();
  else all[Math.max(0, Math.min(target, all.length - 1))]?.focus();
}
