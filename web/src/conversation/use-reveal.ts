import { type RefObject, useEffect, useLayoutEffect, useState } from "react";
import { flushSync } from "react-dom";
import { prefersStill } from "../design/appearance.ts";
import type { Fade } from "./fade.ts";
import { Pace, wholeCharacter } from "./reveal.ts";

/**
 * The part of a growing text that is shown: it follows the text evenly, frame by frame, and is all of it as soon as nothing more comes,
 * the page is hidden, or the person prefers no motion. What is there when the view begins is not revealed again.
 *
 * `view` holds the rendered text; the newest words in it fade in.
 */
export function useReveal(text: string, live: boolean, view: RefObject<HTMLElement | null>): string {
  const [shown, setShown] = useState(text.length);
  const [reveal] = useState(() => new Reveal(text.length, setShown));
  const still = !live || document.hidden || prefersStill();

  useLayoutEffect(() => reveal.take(text.length, still), [reveal, text, still]);
  useLayoutEffect(() => reveal.fade(view.current, shown), [reveal, view, shown]);
  useEffect(() => {
    const flush = () => reveal.flush();
    document.addEventListener("visibilitychange", flush);
    return () => {
      document.removeEventListener("visibilitychange", flush);
      reveal.end();
    };
  }, [reveal]);

  return still ? text : text.slice(0, wholeCharacter(text, Math.min(shown, text.length)));
}

/** The frames of one text: they run while something is to be let out, or is still fading in. */
class Reveal {
  readonly #pace: Pace;
  #fade: Fade | null = null;
  readonly #show: (count: number) => void;
  #view: HTMLElement | null = null;
  #frame = 0;

  constructor(length: number, show: (count: number) => void) {
    this.#pace = new Pace(length);
    this.#show = show;
  }

  /** The very first words are shown plainly: the text does not wait for its fade. */
  async #loadFade(): Promise<void> {
    const { Fade } = await import("./fade.ts");
    this.#fade ??= new Fade();
  }

  take(length: number, still: boolean): void {
    this.#pace.arrive(length, performance.now());
    if (still) this.flush();
    else if (this.#pace.pending && !this.#frame) {
      if (!this.#fade) void this.#loadFade().catch(() => undefined); // Without a network there is no fade.
      this.#frame = requestAnimationFrame(this.#step);
    }
  }

  /** Paints the newest words, which are in the document by now. */
  fade(view: HTMLElement | null, count: number): void {
    this.#view = view;
    if (this.#frame) this.#fade?.show(view, count, performance.now());
  }

  flush(): void {
    this.#pace.flush();
    this.#show(this.#pace.shown);
    this.end();
  }

  end(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#fade?.end();
  }

  /** Rendered within the frame: left to React's own time, some frames would show two steps and others none. */
  readonly #step = (now: number): void => {
    this.#frame = requestAnimationFrame(this.#step);
    if (this.#pace.pending) {
      flushSync(() => this.#show(this.#pace.step(now)));
    } else if (!this.#fade?.show(this.#view, this.#pace.shown, now)) this.end();
  };
}
