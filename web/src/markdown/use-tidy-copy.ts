import { useEffect } from "react";

let asked = false;

/** Fetches what makes copied text tidy when the page has time; until it is here the browser copies as it does by itself. */
export function useTidyCopy(): void {
  useEffect(() => {
    if (asked) return;
    asked = true;
    const load = () => import("./copy-selection.ts").then((part) => part.install(), forget);
    if ("requestIdleCallback" in window) requestIdleCallback(() => void load(), { timeout: 5_000 });
    else setTimeout(() => void load(), 2_000);
  }, []);
}

function forget(): void {
  asked = false; // The next text tries again.
}
