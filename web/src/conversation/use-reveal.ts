import { useEffect, useRef, useState } from "react";

// What has arrived is let out so that the rest would be empty after this time; slower looks late, faster looks like bursts.
const DRAIN_MS = 180;
const SHOWN_AT_ONCE = 200;

/** The part of a growing text that is shown: it follows the text evenly, frame by frame, and is all of it as soon as nothing more comes. */
export function useReveal(text: string, live: boolean): string {
  const [shown, setShown] = useState(() => (text.length > SHOWN_AT_ONCE ? text.length : 0));
  const latest = useRef(text);
  latest.current = text;
  const pending = live && shown < text.length;

  useEffect(() => {
    if (!pending) return;
    let before = performance.now();
    let frame = 0;
    const step = (now: number) => {
      const share = Math.min(1, (now - before) / DRAIN_MS);
      before = now;
      setShown((count) => advance(latest.current, count, share));
      frame = requestAnimationFrame(step);
    };
    frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [pending]);

  useEffect(() => {
    const jump = () => setShown(latest.current.length);
    document.addEventListener("visibilitychange", jump);
    return () => document.removeEventListener("visibilitychange", jump);
  }, []);

  if (!live || prefersStill()) return text;
  return text.slice(0, Math.min(shown, text.length));
}

function advance(text: string, count: number, share: number): number {
  const from = Math.min(count, text.length);
  const next = from + Math.ceil((text.length - from) * share);
  return splitsPair(text, next) ? next + 1 : next;
}

/** True when a cut would fall into the middle of a character outside of the basic plane. */
function splitsPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff;
}

function prefersStill(): boolean {
  return document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches;
}
