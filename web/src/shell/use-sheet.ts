import { type RefObject, useEffect } from "react";

const NARROW = "(width < 48rem)";

/** On a phone the sidebar is a sheet over the page: while it is open, the focus stays in it, and a finger can swipe it away or in. */
export function useSheet(pane: RefObject<HTMLElement | null>, open: boolean, onChange: (open: boolean) => void): void {
  useEffect(() => {
    if (!open || !matchMedia(NARROW).matches) return;
    const opener = document.activeElement;
    const main = document.getElementById("main");
    if (main) main.inert = true;
    pane.current?.focus();
    return () => {
      if (main) main.inert = false;
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, [open, pane]);

  useEffect(() => {
    if (!matchMedia("(pointer: coarse)").matches) return;
    let stop: (() => void) | null = null;
    let wanted = true;
    void import("./touch.ts").then(({ listenForTouch }) => {
      if (wanted && pane.current) stop = listenForTouch(pane.current, onChange);
    });
    return () => {
      wanted = false;
      stop?.();
    };
  }, [pane, onChange]);
}
