import { type RefObject, useEffect } from "react";
import { useLocation, useSearch } from "wouter";
import { loadJump } from "./late-parts.ts";

/** Follows a link to a message, `?m=<id>`, wherever in the conversation it is and on whatever branch. */
export function useJump(conversation: string, ready: boolean, scroller: RefObject<HTMLElement | null>, hold: () => void): void {
  const wanted = new URLSearchParams(useSearch()).get("m");
  const [, navigate] = useLocation();
  useEffect(() => {
    if (!wanted || !ready) return;
    let current = true;
    const arrive = () => current && navigate(`/c/${conversation}`, { replace: true }); // so that the same link leads here again
    hold();
    void loadJump()
      .then(({ default: jump }) => jump(conversation, wanted, { scroller, hold, wanted: () => current }))
      .finally(arrive);
    return () => {
      current = false;
    };
  }, [conversation, wanted, ready, scroller, hold, navigate]);
}
