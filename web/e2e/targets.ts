import type { Page } from "playwright-core";

/** What a finger would miss: controls in view whose place to press is lower than 44 px. Links within a text are as high as its lines. */
export async function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const reach = 21; // Half of 44 px, but for the last pixel, which by rounding may be the neighbour's.
    const controls = [...document.querySelectorAll<HTMLElement>("a[href], button, select, input:not([type=hidden]), [role=option]")];
    const takes = (control: HTMLElement, x: number, y: number) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && (control.contains(hit) || hit.closest("label")?.contains(control) === true);
    };
    return controls.flatMap((control) => {
      const { left, top, width, height } = control.getBoundingClientRect();
      const [x, y] = [left + width / 2, top + height / 2];
      const inView = x > 0 && x < innerWidth && y > reach && y < innerHeight - reach;
      if (!inView || width < 8 || height >= 2 * reach || control.closest(".prose p, .prose li, .prose td, [inert]")) return [];
      const covered = !takes(control, x, y);
      if (covered || (takes(control, x, y - reach) && takes(control, x, y + reach))) return [];
      return [
        `${control.tagName} ${control.getAttribute("aria-label") ?? control.textContent?.trim().slice(0, 30)}: ${Math.round(height)} px`,
      ];
    });
  });
}
