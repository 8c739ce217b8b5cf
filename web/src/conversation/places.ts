/** Where a person is in a conversation, in terms of its turns: pixels mean nothing once messages come, go or grow above. */
export type Anchor = { turn: string; offset: number };

const turnsIn = (scroller: Element): HTMLElement[] => [...scroller.querySelectorAll<HTMLElement>("[data-turn]")];

/** The turn at the top of the view, and how far its beginning is from there. */
export function anchorOf(scroller: Element): Anchor | null {
  const { top } = scroller.getBoundingClientRect();
  const turn = turnsIn(scroller).find((element) => element.getBoundingClientRect().bottom > top + 1);
  return turn ? { turn: turn.dataset.turn ?? "", offset: turn.getBoundingClientRect().top - top } : null;
}

/** Scrolls so that a turn is where it was; false when it is not there. */
export function holdAnchor(scroller: Element, anchor: Anchor): boolean {
  const turn = turnsIn(scroller).find((element) => element.dataset.turn === anchor.turn);
  if (!turn) return false;
  const offset = turn.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  if (Math.abs(offset - anchor.offset) >= 1) scroller.scrollTop += offset - anchor.offset;
  return true;
}

const left = new Map<string, Anchor>();

/** Where the person left a conversation on this page; null when that was its end. */
export function placeLeft(conversation: string): Anchor | null {
  return left.get(conversation) ?? null;
}

export function rememberPlace(conversation: string, anchor: Anchor | null): void {
  if (anchor) left.set(conversation, anchor);
  else left.delete(conversation);
}

const USUAL_PX = 320;
const SKELETON_TURNS = 4;
const heights = new Map<string, number>();

/** The height of a turn's content when it was last here, so that its place is kept before it is rendered. */
export function heightOf(turn: string): number {
  return heights.get(turn) ?? USUAL_PX;
}

/** Remembers the heights of all turns that are here, and of the last ones for the time before a conversation has come. */
export function rememberHeights(conversation: string, scroller: Element): void {
  const turns = turnsIn(scroller);
  for (const turn of turns) heights.set(turn.dataset.turn ?? "", contentHeight(turn));
  const last = turns.slice(-SKELETON_TURNS).map((turn) => Math.round(turn.getBoundingClientRect().height));
  if (last.length) sessionStorage.setItem(skeletonKey(conversation), JSON.stringify(last));
}

/** Without its padding, which the browser adds to an intrinsic size: a turn that is not rendered would grow with each time that it is asked. */
function contentHeight(turn: HTMLElement): number {
  return Math.round(turn.getBoundingClientRect().height - Number.parseFloat(getComputedStyle(turn).paddingBlockEnd));
}

/** The heights of a conversation's last turns when it was last shown in this tab; none for one that was not. */
export function skeletonOf(conversation: string): number[] {
  return JSON.parse(sessionStorage.getItem(skeletonKey(conversation)) ?? "[]") as number[];
}

const skeletonKey = (conversation: string) => `portico:heights:${conversation}`;
