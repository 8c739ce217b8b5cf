import { type KeyboardEvent, type PointerEvent, type RefObject, useRef } from "react";
import { t } from "../i18n/index.ts";
import { WIDTH } from "./width.ts";

const STEP = 16;

type Props = { pane: RefObject<HTMLElement | null>; width: number; onChange: (width: number) => void };

/** The edge of the sidebar: it is drawn by the pointer, moved by the arrow keys, and a double click gives it its usual place. */
export default function Resizer({ pane, width, onChange }: Props) {
  const moving = useRef<number | null>(null);
  const rtl = () => document.documentElement.dir === "rtl";
  const widthAt = (x: number) => {
    const box = pane.current?.getBoundingClientRect();
    return box ? clamp(rtl() ? box.right - x : x - box.left) : width;
  };
  const onMove = (event: PointerEvent) => {
    if (moving.current === null) return;
    moving.current = widthAt(event.clientX);
    pane.current?.style.setProperty("--sidebar-width", `${moving.current}px`); // React hears of it at the end.
  };
  const onEnd = (event: PointerEvent<HTMLElement>) => {
    if (moving.current === null) return;
    delete event.currentTarget.dataset.moving;
    onChange(moving.current);
    moving.current = null;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const forward = rtl() ? "ArrowLeft" : "ArrowRight";
    const back = rtl() ? "ArrowRight" : "ArrowLeft";
    const next = { [forward]: width + STEP, [back]: width - STEP, Home: WIDTH.least, End: WIDTH.most }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onChange(clamp(next));
  };
  return (
    <div
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={t("sidebar.width")}
      aria-valuenow={width}
      aria-valuemin={WIDTH.least}
      aria-valuemax={WIDTH.most}
      className="resizer max-md:hidden"
      onPointerDown={(event) => {
        event.preventDefault(); // Or the browser selects the text that the pointer passes.
        event.currentTarget.setPointerCapture(event.pointerId);
        event.currentTarget.dataset.moving = "";
        moving.current = width;
      }}
      onPointerMove={onMove}
      onPointerUp={onEnd}
      onPointerCancel={onEnd}
      onDoubleClick={() => onChange(WIDTH.usual)}
      onKeyDown={onKeyDown}
    />
  );
}

function clamp(width: number): number {
  return Math.round(Math.max(WIDTH.least, Math.min(WIDTH.most, width)));
}
