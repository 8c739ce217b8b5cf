import { useEffect } from "react";

const KEYBOARD_PX = 80; // no keyboard is lower, and no bar of a browser that comes and goes is higher

/**
 * Keeps the page as high as what is seen of it. Where a keyboard is laid over the page instead of making it smaller (iOS),
 * the composer would else be under it; the room for the edge of the device is then the keyboard's.
 */
export function useVisibleHeight(): void {
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const root = document.documentElement.style;
    const fit = () => {
      const covered = view.scale === 1 && window.innerHeight - view.height > KEYBOARD_PX;
      if (!covered) {
        root.removeProperty("--view-height");
        root.removeProperty("--safe-bottom");
        return;
      }
      root.setProperty("--view-height", `${view.height}px`);
      root.setProperty("--safe-bottom", "0px");
      window.scrollTo(0, 0); // The system scrolled the field into view, and the head of the page out of it.
    };
    view.addEventListener("resize", fit);
    view.addEventListener("scroll", fit);
    return () => {
      view.removeEventListener("resize", fit);
      view.removeEventListener("scroll", fit);
    };
  }, []);
}
