import { type PointerEvent, useRef } from "react";

const FAR_PX = 72; // A sheet that is let go this far down is closed.

/** The bar on top of a sheet: dragged down, it takes the sheet along and closes it. The keyboard has Escape. */
export function SheetHandle({ onClose }: { onClose: () => void }) {
  const start = useRef<number | null>(null);
  const sheetOf = (event: PointerEvent) => event.currentTarget.closest<HTMLElement>("[role=dialog]");
  const distance = (event: PointerEvent) => (start.current === null ? 0 : Math.max(0, event.clientY - start.current));
  const onPointerMove = (event: PointerEvent) => {
    const sheet = sheetOf(event);
    if (sheet && start.current !== null) sheet.style.translate = `0 ${distance(event)}px`;
  };
  const onPointerUp = (event: PointerEvent) => {
    const sheet = sheetOf(event);
    const far = distance(event) >= FAR_PX;
    start.current = null;
    if (far) onClose();
    else if (sheet) sheet.style.translate = "";
  };
  return (
    <div
      aria-hidden
      data-testid="handle"
      className="flex h-5 shrink-0 touch-none items-end justify-center"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = event.clientY;
      }}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={onPointerUp}
    >
      <span className="mb-1 h-1 w-9 rounded-full bg-border-strong" />
    </div>
  );
}
