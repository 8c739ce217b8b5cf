import type { RefObject } from "react";
import { selectBranch } from "../api/client.ts";
import { ApiError, asApiError } from "../api/errors.ts";
import { showStretch } from "../api/queries.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";

const SETTLING_FRAMES = 6; // heights that were estimated become known once they are in view

type Stage = {
  scroller: RefObject<HTMLElement | null>;
  /** Keeps the scroller from following its end. */
  hold: () => void;
  /** False once the person went elsewhere. */
  wanted: () => boolean;
};

/** Brings a message into view, wherever in the conversation it is and on whatever branch. */
export async function jump(conversation: string, message: string, stage: Stage): Promise<void> {
  try {
    await bring(conversation, message, stage.scroller);
    await show(message, stage);
  } catch (error) {
    toast(describeMiss(error), { tone: "error" });
  }
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

async function show(message: string, { scroller, hold, wanted }: Stage): Promise<void> {
  for (let frame = 0; wanted() && frame < SETTLING_FRAMES; frame += 1) {
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
