import type { Message } from "../api/types.ts";
import { showSibling } from "./actions.ts";

const SETTLING_MS = 2_000; // what comes late, such as formulas, still moves what is below it

type Step = { to: string; top: number; forward: boolean };

/** The step whose other version is not in the document yet. */
let under: Step | null = null;

/** Shows another version of a message. Its arrows will stand where those of this one stand, whatever is above and below them. */
export async function stepTo(message: Message, to: string, arrows: HTMLElement): Promise<void> {
  const step = { to, top: topOf(arrows), forward: message.siblings.indexOf(to) > message.siblings.indexOf(message.id) };
  under = step;
  try {
    await showSibling(message.conversation, to);
  } finally {
    setTimeout(() => {
      if (under === step) under = null; // A version that is still being written has no arrows: what comes with its end is no landing.
    }, SETTLING_MS);
  }
}

/** The arrows of a message have come into the document: those of the version that was stepped to take their place and the focus. */
export function land(message: string, arrows: HTMLElement, hold: () => void): (() => void) | undefined {
  const scroller = arrows.closest<HTMLElement>(".thread-scroll");
  if (under?.to !== message || !scroller) return;
  const { top, forward } = under;
  under = null;
  hold();
  arrows.querySelectorAll("button")[forward ? 1 : 0]?.focus({ preventScroll: true });
  const keep = () => {
    scroller.scrollTop += topOf(arrows) - top;
    if (topOf(arrows) - top > 1) makeRoom(scroller, topOf(arrows) - top);
  };
  keep();
  return settle(scroller, keep);
}

const topOf = (arrows: HTMLElement) => arrows.getBoundingClientRect().top;

const ROOM = "--step-room";
const lastTurn = (scroller: HTMLElement) => scroller.querySelector<HTMLElement>(".turn-last");
const roomOf = (turn: HTMLElement) => Number.parseFloat(turn.style.getPropertyValue(ROOM)) || 0;

/** Lets the last turn end further down, where less stands below these arrows than below the last ones. */
function makeRoom(scroller: HTMLElement, missing: number): void {
  const turn = lastTurn(scroller);
  turn?.style.setProperty(ROOM, `${roomOf(turn) + missing}px`);
  scroller.scrollTop += missing;
  scroller.addEventListener("scroll", takeRoomBack);
}

/** The room goes as it leaves the view, which moves nothing. */
function takeRoomBack({ currentTarget }: Event): void {
  const scroller = currentTarget as HTMLElement;
  const turn = lastTurn(scroller);
  const unseen = scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  const room = turn ? Math.max(0, roomOf(turn) - Math.max(0, unseen)) : 0;
  turn?.style.setProperty(ROOM, `${room}px`);
  if (room === 0) scroller.removeEventListener("scroll", takeRoomBack);
}

/**
 * Keeps a place while the content settles, until the person moves on. An observer speaks for the first time before the next paint:
 * that has the last word over `KeepPlace`, which holds the beginning of the turn.
 */
function settle(scroller: HTMLElement, keep: () => void): () => void {
  const observer = new ResizeObserver(keep);
  const ended = new AbortController();
  const end = () => {
    observer.disconnect();
    ended.abort();
    clearTimeout(late);
  };
  const late = setTimeout(end, SETTLING_MS);
  for (const type of ["wheel", "touchmove", "pointerdown", "keydown"])
    scroller.addEventListener(type, end, { passive: true, signal: ended.signal });
  if (scroller.firstElementChild) observer.observe(scroller.firstElementChild);
  return end;
}
