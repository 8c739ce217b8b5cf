import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { useSession } from "../api/session.ts";
import { t } from "../i18n/index.ts";

/** Tells where the page is, as a document would: its title names the view, and the focus goes into a view that was just chosen. */
export function usePlace(): void {
  const [location] = useLocation();
  const name = useSession((state) => state.boot?.instance.name ?? "Portico");
  const before = useRef(location);
  useEffect(() => {
    if (!location.startsWith("/c/")) document.title = location.startsWith("/settings") ? `${t("settings.title")} · ${name}` : name; // A conversation has a title of its own.
    if (before.current === location) return;
    before.current = location;
    const frame = requestAnimationFrame(focusView);
    return () => cancelAnimationFrame(frame);
  }, [location, name]);
}

/** Moves the focus to the view, unless something in it has taken the focus already, or a layer lies over it. */
function focusView(): void {
  const main = document.getElementById("main");
  const { activeElement } = document;
  if (!main || main.contains(activeElement) || activeElement?.closest("[role=dialog]")) return;
  main.focus({ preventScroll: true });
}
