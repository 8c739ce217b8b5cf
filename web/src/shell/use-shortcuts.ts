import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { pageCommands } from "./commands.ts";
import { isMac, pageActionOf } from "./shortcuts.ts";

/** Lets the keys of the page act. While a layer is open they belong to it. */
export function useShortcuts(toggleSidebar: () => void): void {
  const [location, navigate] = useLocation();
  const latest = useRef(pageCommands({ location, navigate, toggleSidebar }));
  latest.current = pageCommands({ location, navigate, toggleSidebar });
  useEffect(() => {
    const mac = isMac();
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector("[role=dialog],[role=menu]")) return;
      const action = pageActionOf(event, isText(event.target), mac);
      if (action && latest.current[action]()) event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function isText(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}
