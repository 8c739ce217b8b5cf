import { Brain, ChevronRight } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useImageAddress } from "../api/images.ts";
import type { ReasoningPart } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { formatSeconds, t } from "../i18n/index.ts";
import { Markdown } from "../markdown/view.tsx";

/** What the model thought before it answered: closed, with the time it took. */
export function ReasoningBlock({ part, live, since }: { part: ReasoningPart; live: boolean; since: string | null }) {
  const [open, setOpen] = useState(false);
  const imageAddress = useImageAddress();
  const seconds = useThinkingTime(live, part.duration_ms ?? null, since);
  const line = open ? "" : lineOf(part.text, live);
  if (!part.text && !live) return null;
  return (
    <div className="text-sm">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        className="-ms-2 flex h-8 w-full min-w-0 items-center gap-2 rounded-md px-2 text-start text-text-3 hover:bg-hover hover:text-text-1 max-md:h-11"
      >
        <Brain aria-hidden size={15} className={classes("shrink-0", live && "animate-breathe text-accent-text")} />
        <span className="shrink-0 tabular-nums">{label(live, seconds)}</span>
        {line && <span className="min-w-0 truncate text-xs">{line}</span>}
        <ChevronRight
          aria-hidden
          size={14}
          className={classes("shrink-0 transition-transform duration-150 rtl:rotate-180", open && "rotate-90")}
        />
      </button>
      {open && (
        <div className="reasoning mt-1 animate-fade border-border border-s-2 ps-4 text-text-2">
          <Markdown text={part.text} done={!live} imageAddress={imageAddress} />
        </div>
      )}
    </div>
  );
}

function label(live: boolean, ms: number | null): string {
  if (live) return ms !== null && ms >= 1_000 ? t("reasoning.liveFor", { time: formatSeconds(ms) }) : t("reasoning.live");
  return ms !== null && ms >= 500 ? t("reasoning.doneFor", { time: formatSeconds(ms) }) : t("reasoning.done");
}

/** One line of a thought: the newest while it goes on, then the first, which says what it was about. */
function lineOf(text: string, live: boolean): string {
  const lines = text.split("\n").map((line) => line.replace(/[#*_`>]+/g, "").trim());
  return (live ? lines.findLast(Boolean) : lines.find(Boolean)) ?? "";
}

const LONGEST_MS = 30 * 60_000;

/**
 * The time of a thought: the stored one, else what this page measured while it watched. A page that comes later counts from `since`,
 * when the answer was begun.
 */
function useThinkingTime(live: boolean, stored: number | null, since: string | null): number | null {
  const started = useRef<number | null>(null);
  const [measured, setMeasured] = useState<number | null>(null);
  useEffect(() => {
    if (!live) return;
    const before = since ? Date.now() - Date.parse(since) : 0;
    started.current ??= performance.now() - (before > 0 && before < LONGEST_MS ? before : 0);
    const from = started.current;
    const tick = () => setMeasured(performance.now() - from);
    const timer = setInterval(tick, 1_000);
    return () => {
      clearInterval(timer);
      tick();
    };
  }, [live, since]);
  return stored ?? measured;
}
