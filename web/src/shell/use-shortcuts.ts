import { useEffect, useRef } from "react";
import { useLocation } from "wouter";

type Actions = { toggleSidebar: () => void };

/** The keys that act everywhere. All carry a modifier, so none gets in the way of writing. */
export function useShortcuts(actions: Actions): void {
  const [, navigate] = useLocation();
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const modifier = event.ctrlKey || event.metaKey;
      const act = modifier ? withModifier(event, navigate, latest.current) : withShift(event);
      if (!act) return;
      event.preventDefault();
      act();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate]);
}

function withModifier(event: KeyboardEvent, navigate: (path: string) => void, actions: Actions): (() => void) | null {
  const key = event.key.toLowerCase();
  if (event.shiftKey && key === "o") return () => navigate("/");
  if (event.shiftKey) return null;
  switch (key) {
    case "b":
      return actions.toggleSidebar;
    case "k":
      return () => document.getElementById("search")?.focus();
    case ",":
      return () => navigate("/settings");
    case ".":
      return () => document.getElementById("model-picker")?.click();
    default:
      return null;
  }
}

function withShift(event: KeyboardEvent): (() => void) | null {
  if (event.shiftKey && event.key === "Escape") return () => document.getElementById("composer")?.focus();
  return null;
}
