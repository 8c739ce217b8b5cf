import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { prefersStill } from "../design/appearance.ts";
import { anchorOf, holdAnchor, placeLeft, rememberHeights, rememberPlace } from "./places.ts";

const NEAR_PX = 40;
const GLIDE_MS = 900;
const UPWARD_KEYS = new Set(["PageUp", "ArrowUp", "Home"]);

type Ref<T> = RefObject<T | null>;

/**
 * Keeps a scroller at its end while its content grows, until the person scrolls up by any means; back at the end it follows again.
 * Only the person's own movements free it: a jump of the content does not. A conversation that was left further up is shown there again.
 * `atEnd` is false while what is held ends above the end of the conversation: there is nothing to follow then.
 */
export function useStickyBottom(conversation: string, scroller: Ref<HTMLElement>, content: Ref<HTMLElement>, atEnd: boolean) {
  const pin = useRef<Pin | null>(null);
  const [away, setAway] = useState(false);

  useLayoutEffect(() => {
    const [element, inner] = [scroller.current, content.current];
    if (!element || !inner) return;
    const made = new Pin(element, inner, setAway);
    pin.current = made;
    made.return(conversation);
    const leave = () => made.leave(conversation);
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
      made.end();
    };
  }, [conversation, scroller, content]);

  useLayoutEffect(() => pin.current?.reach(atEnd), [atEnd]);

  const toEnd = useCallback((behavior: ScrollBehavior = "auto") => pin.current?.toEnd(behavior), []);
  const hold = useCallback(() => pin.current?.free(), []);
  const goOn = useCallback(() => pin.current?.goOn(), []);
  return { away, toEnd, hold, goOn };
}

/** The mechanics: what the scroller did, and whether a person made it do so. */
class Pin {
  readonly #element: HTMLElement;
  readonly #away: (away: boolean) => void;
  readonly #ended = new AbortController();
  readonly #observer: ResizeObserver;
  #following = true;
  #atEnd = true;
  #gliding = 0;
  #top = 0;
  #room = 0;
  #touch = 0;
  #returning: string | null = null;

  constructor(element: HTMLElement, content: HTMLElement, away: (away: boolean) => void) {
    this.#element = element;
    this.#away = away;
    const on = <K extends keyof HTMLElementEventMap>(type: K, listen: (event: HTMLElementEventMap[K]) => void) =>
      element.addEventListener(type, listen, { passive: true, signal: this.#ended.signal });
    on("scroll", () => this.#onScroll());
    on("scrollend", () => this.#landed());
    on("wheel", (event) => event.deltaY < 0 && this.free());
    on("touchstart", (event) => {
      this.#touch = event.touches[0]?.clientY ?? 0;
    });
    on("touchmove", (event) => (event.touches[0]?.clientY ?? 0) > this.#touch + 2 && this.free());
    on("keydown", (event) => isUpward(event) && this.free());
    this.#observer = new ResizeObserver(() => this.#onResize());
    this.#observer.observe(content);
    this.#observer.observe(element);
  }

  free(): void {
    this.#returning = null;
    this.#landed();
    if (this.#maxTop() > 0) this.#following = false;
  }

  toEnd(behavior: ScrollBehavior): void {
    this.#returning = null;
    this.#following = this.#atEnd;
    this.#away(!this.#atEnd);
    const smooth = behavior === "smooth" && !prefersStill();
    this.#element.scrollTo({ top: this.#element.scrollHeight, behavior: smooth ? "smooth" : "instant" });
    clearTimeout(this.#gliding);
    this.#gliding = smooth ? window.setTimeout(() => this.#landed(), GLIDE_MS) : 0;
  }

  /** What is in view was put back to its place, which ends a smooth movement: it goes on from there. */
  goOn(): void {
    if (this.#gliding) this.toEnd("smooth");
  }

  reach(atEnd: boolean): void {
    this.#atEnd = atEnd;
    if (!atEnd) this.#following = false;
    this.#onResize();
  }

  /** Shows a conversation where the person left it, as soon as that place has come. */
  return(conversation: string): void {
    this.#returning = placeLeft(conversation) && conversation;
    this.#onResize();
  }

  leave(conversation: string): void {
    rememberHeights(conversation, this.#element);
    rememberPlace(conversation, this.#following ? null : anchorOf(this.#element));
  }

  end(): void {
    this.#ended.abort();
    this.#observer.disconnect();
    clearTimeout(this.#gliding);
  }

  #maxTop(): number {
    return this.#element.scrollHeight - this.#element.clientHeight;
  }

  #onScroll(): void {
    const { scrollTop } = this.#element;
    if (scrollTop === this.#top) return; // This is where the page itself has put it: in every frame of an answer.
    const room = this.#maxTop();
    // Less room below moves a view up, too; that is no wish of the person.
    if (scrollTop < this.#top - 1 && room >= this.#room && !this.#gliding) this.free();
    else if (scrollTop > this.#top && room - scrollTop <= NEAR_PX) this.#following = this.#atEnd;
    this.#note(scrollTop, room);
  }

  #onResize(): void {
    const anchor = this.#returning && placeLeft(this.#returning);
    if (anchor && holdAnchor(this.#element, anchor)) {
      this.#following = false;
      this.#returning = null;
    }
    const room = this.#maxTop();
    if (room <= 0) this.#following = this.#atEnd;
    if (this.#following && !this.#gliding) this.#element.scrollTop = this.#element.scrollHeight;
    this.#note(this.#element.scrollTop, room);
  }

  /** A smooth movement is over; what grew under it is caught up with. */
  #landed(): void {
    if (!this.#gliding) return;
    clearTimeout(this.#gliding);
    this.#gliding = 0;
    this.#onResize();
  }

  #note(top: number, room: number): void {
    this.#top = top;
    this.#room = room;
    this.#away(!this.#atEnd || (!this.#following && room - top > NEAR_PX));
  }
}

function isUpward(event: KeyboardEvent): boolean {
  if (event.target instanceof HTMLElement && event.target.closest("input, textarea, select")) return false;
  return UPWARD_KEYS.has(event.key) || (event.key === " " && event.shiftKey);
}
