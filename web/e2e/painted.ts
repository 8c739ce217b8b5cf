import type { Page } from "playwright-core";

/** The `at`th of the elements that a selector finds, or the first that `inside` finds in it. */
type Which = { all: string; at?: number; inside?: string };
type Places = { tops: (number | null)[]; end: () => void };
type Watching = Window & { places: Places };

/**
 * Where an element is painted, frame by frame, until it is asked for; null where there is none. The place is that of an intersection,
 * which the browser takes at the end of a frame: what was moved and put back before it painted does not count.
 */
export async function watchPlace(page: Page, which: Which): Promise<() => Promise<(number | null)[]>> {
  await page.evaluate(({ all, at = 0, inside }) => {
    const places: Places = { tops: [], end: () => cancelAnimationFrame(frame) };
    (window as unknown as Watching).places = places;
    const observer = new IntersectionObserver((entries) => places.tops.push(entries.at(-1)?.boundingClientRect.top ?? null));
    const note = () => {
      const outer = document.querySelectorAll(all)[at];
      const element = inside ? outer?.querySelector(inside) : outer;
      observer.disconnect();
      if (element) observer.observe(element);
      else places.tops.push(null);
      frame = requestAnimationFrame(note);
    };
    let frame = requestAnimationFrame(note);
  }, which);
  return () =>
    page.evaluate(() => {
      const { places } = window as unknown as Watching;
      places.end();
      return places.tops;
    });
}
