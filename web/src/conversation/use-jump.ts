import { type RefObject, useEffect } from "react";
import { useLocation, useSearch } from "wouter";
import { selectBranch } from "../api/client.ts";
import { ApiError, asApiError } from "../api/errors.ts";
import { showStretch } from "../api/queries.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";

const SETTLING_FRAMES = 6; // heights that were estimated become known once they are in view

/** Follows a link to a message, `?m=<id>`, wherever in the conversation it is and on whatever branch. */
export function useJump(conversation: string, ready: boolean, scroller: RefObject<HTMLElement | null>, hold: () => void): void {
  const wanted = new URLSearchParams(useSearch()).get("m");
  const [, navigate] = useLocation();
  useEffect(() => {
    if (!wanted || !ready) return;
    let current = true;
    const arrive = () => current && navigate(`/c/${conversation}`, { replace: true }); // so that the same link leads here again
    hold();
    bring(conversation, wanted, scroller)
      .then(() => (current ? show(wanted, scroller, hold) : undefined))
      .catch((error) => toast(describeMiss(error), { tone: "error" }))
      .finally(arrive);
    return () => {
      current = false;
    };
  }, [conversation, wanted, ready, scroller, hold, navigate]);
}

/** Loads the messages around one, unless they are here. One on another branch brings that branch. */
async function bring(conversation: string, message: string, scroller: RefObject<HTMLElement | null>): Promise<void> {
  if (placeOf(message, scroller)) return;
  try {
    await showStretch(conversation, { around: message });
  } catch (error) {
    if (asApiError(error).status !== 404) throw error;
    await selectBranch(conversation, message);
    await showStretch(conversation, { around: message });
  }
}

async function show(message: string, scroller: RefObject<HTMLElement | null>, hold: () => void): Promise<void> {
  for (let frame = 0; frame < SETTLING_FRAMES; frame += 1) {
    await new Promise(requestAnimationFrame);
    hold();
    placeOf(message, scroller)?.scrollIntoView({ block: "start", behavior: "instant" });
  }
  const place = placeOf(message, scroller);
  place?.classList.add("message-found");
  place?.addEventListener("animationend", () => place.classList.remove("message-found"), { once: true });
}

function placeOf(message: string, scroller: RefObject<HTMLElement | null>): Element | null {
  return scroller.current?.querySelector(`[data-message="${CSS.escape(message)}"]`) ?? null;
}

function describeMiss(error: unknown): string {
  return error instanceof ApiError && error.status === 404 ? t("thread.notThere") : describeError(asApiError(error));
}
