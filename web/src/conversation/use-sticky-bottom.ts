import { type RefObject, useCallback, useEffect, useRef, useState } from "react";

const NEAR_PX = 40;

/**
 * Keeps a scroller at its end while its content grows, until the person scrolls up; back at the end it follows again.
 * Only the person's own movements free it: a jump of the content does not.
 */
export function useStickyBottom(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>) {
  const following = useRef(true);
  const [away, setAway] = useState(false);

  const toEnd = useCallback(
    (behavior: ScrollBehavior = "auto") => {
      const element = scroller.current;
      if (!element) return;
      following.current = true;
      setAway(false);
      element.scrollTo({ top: element.scrollHeight, behavior });
    },
    [scroller],
  );

  useEffect(() => {
    const element = scroller.current;
    const inner = content.current;
    if (!element || !inner) return;
    const distance = () => element.scrollHeight - element.clientHeight - element.scrollTop;
    let lastTop = element.scrollTop;
    const onScroll = () => {
      const up = element.scrollTop < lastTop - 1;
      lastTop = element.scrollTop;
      if (distance() <= NEAR_PX && !up) following.current = true;
      setAway(distance() > NEAR_PX && !following.current);
    };
    const free = () => {
      if (distance() > 0 || element.scrollTop > 0) following.current = false;
    };
    const onWheel = (event: WheelEvent) => event.deltaY < 0 && free();
    const onKey = (event: KeyboardEvent) => ["PageUp", "ArrowUp", "Home"].includes(event.key) && free();
    const observer = new ResizeObserver(() => {
      if (following.current) element.scrollTop = element.scrollHeight;
      onScroll();
    });
    observer.observe(inner);
    observer.observe(element);
    element.addEventListener("scroll", onScroll, { passive: true });
    element.addEventListener("wheel", onWheel, { passive: true });
    element.addEventListener("touchmove", free, { passive: true });
    element.addEventListener("keydown", onKey);
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", onScroll);
      element.removeEventListener("wheel", onWheel);
      element.removeEventListener("touchmove", free);
      element.removeEventListener("keydown", onKey);
    };
  }, [scroller, content]);

  return { away, toEnd };
}
