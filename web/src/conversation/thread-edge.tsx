import { type RefObject, useEffect, useRef } from "react";
import { Button } from "../design/button.tsx";

const AHEAD_PX = 1_200;

type Props = {
  label: string;
  scroller: RefObject<HTMLElement | null>;
  /** What the query says about this side of the stretch. */
  busy: boolean;
  failed: boolean;
  load: () => void;
};

/** An end of the stretch that is held. More comes by itself before the person gets here; the button is for the keyboard, and after a failure. */
export function ThreadEdge({ label, scroller, busy, failed, load }: Props) {
  const edge = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (busy || failed || !edge.current) return;
    const options = { root: scroller.current, rootMargin: `${AHEAD_PX}px 0px` };
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && latest.current(), options);
    observer.observe(edge.current);
    return () => observer.disconnect();
  }, [scroller, busy, failed]);
  return (
    <div ref={edge} className="flex h-14 shrink-0 justify-center pb-6">
      <Button small look="quiet" busy={busy} onClick={load}>
        {label}
      </Button>
    </div>
  );
}
