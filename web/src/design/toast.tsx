import { X } from "lucide-react";
import { create } from "zustand";
import { t } from "../i18n/index.ts";
import { classes } from "./classes.ts";
import { IconButton } from "./icon-button.tsx";

type Toast = { id: number; text: string; tone: "info" | "error"; action?: { label: string; run: () => void } };

const useToasts = create<{ items: Toast[] }>(() => ({ items: [] }));
const LASTING_MS = 8_000;
let counter = 0;

/** Shows a short note at the edge of the page. It never carries the only copy of anything. */
export function toast(text: string, options: { tone?: Toast["tone"]; action?: Toast["action"] } = {}): void {
  counter += 1;
  const item: Toast = { id: counter, text, tone: options.tone ?? "info", action: options.action };
  useToasts.setState((state) => ({ items: [...state.items.slice(-2), item] }));
  setTimeout(() => dismiss(item.id), LASTING_MS);
}

function dismiss(id: number): void {
  useToasts.setState((state) => ({ items: state.items.filter((item) => item.id !== id) }));
}

export function Toasts() {
  const items = useToasts((state) => state.items);
  return (
    <div aria-live="polite" className="pointer-events-none fixed inset-x-0 bottom-4 z-50 flex flex-col items-center gap-2 px-4">
      {items.map((item) => (
        <ToastRow key={item.id} item={item} />
      ))}
    </div>
  );
}

function ToastRow({ item }: { item: Toast }) {
  return (
    <div
      className={classes(
        "pointer-events-auto flex max-w-md animate-rise items-center gap-3 rounded-md border bg-overlay py-1.5 ps-4 pe-1.5 text-base shadow-3",
        item.tone === "error" ? "border-danger" : "border-border",
      )}
    >
      <span className="min-w-0 flex-1">{item.text}</span>
      {item.action && (
        <button
          type="button"
          className="h-8 rounded-sm px-2 font-medium text-accent-text hover:bg-hover"
          onClick={() => {
            item.action?.run();
            dismiss(item.id);
          }}
        >
          {item.action.label}
        </button>
      )}
      <IconButton icon={X} label={t("common.close")} small onClick={() => dismiss(item.id)} />
    </div>
  );
}
