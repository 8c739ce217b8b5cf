import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { focusToasts } from "../design/toast.tsx";
import { type Acts, atOnce } from "./at-once.ts";
import { isMac, pageActionOf } from "./shortcuts.ts";

const load = () => import("./commands.ts");
const IDLE_MS = 1_500;

/** Lets the keys of the page act. While a layer is open they belong to it. */
export function useShortcuts(toggleSidebar: () => void): void {
  const [location, navigate] = useLocation();
  const place = useRef({ location, navigate, toggleSidebar });
  place.current = { location, navigate, toggleSidebar };
  useEffect(() => {
    const mac = isMac();
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("[role=dialog],[role=menu]")) return;
      const action = pageActionOf(event, isText(event.target), mac);
      if (!action) return;
      if (action === "notes") return focusToasts() ? event.preventDefault() : undefined; // Without a note the browser keeps its key.
      event.preventDefault();
      const here = place.current; // What comes late still means the place where the key was pressed.
      const act = (atOnce(here) as Acts)[action];
      if (act) act();
      else void load().then(({ laterCommands }) => (laterCommands(here) as Acts)[action]?.());
    };
    document.addEventListener("keydown", onKey);
    const timer = setTimeout(() => void load().catch(() => undefined), IDLE_MS); // A copy must follow its key press at once.
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", onKey);
    };
  }, []);
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
