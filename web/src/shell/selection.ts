import { create } from "zustand";

type Selection = { on: boolean; ids: ReadonlySet<string>; anchor: string | null };

const NONE: Selection = { on: false, ids: new Set(), anchor: null };

/** The conversations that are chosen in the list, while several are being chosen. */
export const useSelection = create<Selection>(() => NONE);

export function beginSelection(): void {
  useSelection.setState({ ...NONE, on: true });
}

export function endSelection(): void {
  useSelection.setState(NONE);
}

/** Chooses a conversation or lets it go; with `range`, everything between it and the one before it. */
export function pick(id: string, { range = false } = {}): void {
  const { ids, anchor } = useSelection.getState();
  const next = new Set(ids);
  if (range && anchor) for (const one of between(anchor, id)) next.add(one);
  else if (next.has(id)) next.delete(id);
  else next.add(id);
  useSelection.setState({ on: true, ids: next, anchor: id });
}

/** Chooses everything that the list shows; when it is chosen already, nothing. */
export function pickAll(): void {
  const shown = shownIds();
  const { ids } = useSelection.getState();
  const all = shown.every((id) => ids.has(id));
  useSelection.setState({ ids: new Set(all ? [] : shown) });
}

function between(one: string, other: string): string[] {
  const shown = shownIds();
  const [first = 0, last = 0] = [shown.indexOf(one), shown.indexOf(other)].sort((a, b) => a - b);
  return first < 0 ? [other] : shown.slice(first, last + 1);
}

/** The order that a person sees: pinned ones, folders that are open, then the rest. */
function shownIds(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[data-conversation]")].map((element) => element.dataset.conversation ?? "");
}
