import { X } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { create } from "zustand";
import { t } from "../i18n/index.ts";
import { classes } from "./classes.ts";
import { IconButton } from "./icon-button.tsx";

type Toast = { id: number; text: string; tone: "info" | "error"; action?: { label: string; run: () => void }; lasting?: boolean };

const useToasts = create<{ items: Toast[] }>(() => ({ items: [] }));
const LASTING_MS = 8_000;
const SHOWN = 3;
let counter = 0;

/** Shows a short note at the edge of the page. It never carries the only copy of anything. A lasting one stays until it is answered. */
export function toast(text: string, options: Partial<Pick<Toast, "tone" | "action" | "lasting">> = {}): void {
  counter += 1;
  const item: Toast = { id: counter, text, tone: options.tone ?? "info", action: options.action, lasting: options.lasting };
  useToasts.setState((state) => ({ items: [...state.items.slice(1 - SHOWN), item] }));
}

/** Moves the focus to the newest note; false when there is none. */
export function focusToasts(): boolean {
  const buttons = [...document.querySelectorAll<HTMLElement>("[data-toast]")].at(-1)?.querySelectorAll("button");
  buttons?.[0]?.focus();
  return Boolean(buttons?.length);
}

function dismiss(id: number): void {
  useToasts.setState((state) => ({ items: state.items.filter((item) => item.id !== id) }));
}

/** The notes, the newest at the bottom. Time stands still for all of them while one is pointed at or has the focus. */
export function Toasts() {
  const items = useToasts((state) => state.items);
  const [held, setHeld] = useState(false);
  const from = useRef<Element | null>(null);
  const close = (gone: readonly Toast[]) => {
    const focused = document.activeElement?.closest("[data-toast]");
    const left = items.filter((item) => !gone.includes(item));
    useToasts.setState({ items: left });
    if (!left.length) setHeld(false);
    // The focus goes on to what is left, else back to where it came from.
    if (focused && !(left.length && focusToasts()) && from.current instanceof HTMLElement) from.current.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close(items);
  };
  return (
    <section
      aria-label={t("toast.label")}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 top-[max(12px,env(safe-area-inset-top))] z-50 max-md:top-[calc(52px+env(safe-area-inset-top))] flex flex-col items-center gap-2 px-4"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) from.current = event.relatedTarget;
        setHeld(true);
      }}
      onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setHeld(false)}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <ToastRow key={item.id} item={item} held={held} onClose={() => close([item])} />
      ))}
    </section>
  );
}

function ToastRow({ item, held, onClose }: { item: Toast; held: boolean; onClose: () => void }) {
  useCountdown(held || item.lasting === true, () => dismiss(item.id));
  return (
    <div
      data-toast
      className={classes(
        "pointer-events-auto flex max-w-md animate-rise items-center gap-3 rounded-md border bg-overlay py-1.5 ps-4 pe-1.5 text-base shadow-3",
        item.tone === "error" ? "border-danger" : "border-border",
      )}
    >
      <span className="min-w-0 flex-1">{item.text}</span>
      {item.action && (
        <button
          type="button"
          className="h-8 rounded-sm px-2 font-medium text-accent-text hover:bg-hover max-md:h-11"
          onClick={() => {
            item.action?.run();
            onClose();
          }}
        >
          {item.action.label}
        </button>
      )}
      <IconButton icon={X} label={t("common.close")} small onClick={onClose} />
    </div>
  );
}

/** Calls `end` after 8 s, not counting the time in which it is held. */
function useCountdown(held: boolean, end: () => void): void {
  const left = useRef(LASTING_MS);
  const latest = useRef(end);
  latest.current = end;
  useEffect(() => {
    if (held) return;
    const started = performance.now();
    const timer = setTimeout(() => latest.current(), left.current);
    return () => {
      clearTimeout(timer);
      left.current -= performance.now() - started;
    };
  }, [held]);
}
