/** What a finger can do with the sheet of conversations: swipe it in from the edge, swipe it away, hold a line to open its menu. */

const EDGE_PX = 28;
const BEGIN_PX = 12;
const HOLD_MS = 450;
const FAST_PX_PER_MS = 0.4;

type Touch = { x: number; y: number; at: number };
type Swipe = { from: Touch; last: Touch; opening: boolean; moving: boolean };

/** Follows the finger until the function that it returns is called. */
export function listenForTouch(pane: HTMLElement, onChange: (open: boolean) => void): () => void {
  const over = new AbortController();
  swipe(pane, onChange, over.signal);
  hold(pane, over.signal);
  return () => over.abort();
}

function swipe(pane: HTMLElement, onChange: (open: boolean) => void, signal: AbortSignal): void {
  let current: Swipe | null = null;
  const rtl = () => getComputedStyle(pane).direction === "rtl";
  const isOpen = () => getComputedStyle(pane).visibility !== "hidden";
  const isNarrow = () => matchMedia("(width < 48rem)").matches;
  /** How far the finger has gone towards the end of the line. */
  const forward = (from: Touch, to: Touch) => (rtl() ? from.x - to.x : to.x - from.x);

  const begin = (event: TouchEvent) => {
    const finger = event.touches[0];
    current = null;
    if (!finger || event.touches.length > 1 || !isNarrow()) return;
    const from = { x: finger.clientX, y: finger.clientY, at: event.timeStamp };
    const fromEdge = rtl() ? innerWidth - from.x : from.x;
    if (isOpen() || fromEdge <= EDGE_PX) current = { from, last: from, opening: !isOpen(), moving: false };
  };
  const move = (event: TouchEvent) => {
    const finger = event.touches[0];
    if (!current || !finger) return;
    const to = { x: finger.clientX, y: finger.clientY, at: event.timeStamp };
    const along = forward(current.from, to);
    if (!current.moving) {
      const across = Math.abs(to.y - current.from.y);
      if (across > BEGIN_PX) current = null;
      if (!current || Math.abs(along) < BEGIN_PX) return;
      current.moving = true;
    }
    event.preventDefault();
    current.last = to;
    const width = pane.offsetWidth;
    const shown = Math.max(0, Math.min(width, current.opening ? along : width + along));
    pane.style.visibility = "visible";
    pane.style.transition = "none";
    pane.style.translate = `${(rtl() ? 1 : -1) * (width - shown)}px`;
  };
  const end = (event: TouchEvent) => {
    const swiped = current;
    current = null;
    if (!swiped?.moving) return;
    for (const name of ["visibility", "transition", "translate"]) pane.style.removeProperty(name);
    const along = forward(swiped.from, swiped.last);
    const speed = along / Math.max(1, event.timeStamp - swiped.from.at);
    const far = Math.abs(along) > pane.offsetWidth / 3 || Math.abs(speed) > FAST_PX_PER_MS;
    if (far && along > 0 === swiped.opening) onChange(swiped.opening);
  };
  document.addEventListener("touchstart", begin, { passive: true, signal });
  document.addEventListener("touchmove", move, { passive: false, signal });
  document.addEventListener("touchend", end, { signal });
  document.addEventListener("touchcancel", end, { signal });
}

/** A line that is held opens its menu. */
function hold(pane: HTMLElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let held = false;
  let start: PointerEvent | null = null;
  const cancel = () => clearTimeout(timer);
  pane.addEventListener(
    "pointerdown",
    (event) => {
      cancel();
      held = false;
      start = event;
      const line = event.target instanceof Element ? event.target.closest(".list-row") : null;
      const menu = line?.querySelector<HTMLElement>("[data-more]");
      if (event.pointerType !== "touch" || !menu || menu.contains(event.target as Node)) return;
      timer = setTimeout(() => {
        held = true;
        navigator.vibrate?.(10);
        menu.click();
      }, HOLD_MS);
    },
    { signal },
  );
  pane.addEventListener(
    "pointermove",
    (event) => {
      if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > BEGIN_PX) cancel();
    },
    { signal },
  );
  for (const name of ["pointerup", "pointercancel"] as const) pane.addEventListener(name, cancel, { signal });
  // The end of a hold is neither a tap nor a change of the focus, which would close the menu.
  pane.addEventListener("touchend", (event) => held && event.preventDefault(), { passive: false, signal });
  pane.addEventListener("contextmenu", (event) => start?.pointerType === "touch" && event.preventDefault(), { signal });
}
