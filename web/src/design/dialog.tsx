import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { type ReactNode, useRef } from "react";
import { t } from "../i18n/index.ts";
import { IconButton } from "./icon-button.tsx";

type Props = { title: string; onClose: () => void; children: ReactNode; wide?: boolean };

/** A layer over the page: focus stays inside, Escape closes it, and the focus returns to where it was. */
export default function Dialog({ title, onClose, children, wide }: Props) {
  const before = useRef(document.activeElement);
  return (
    <Radix.Root open onOpenChange={(open) => !open && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focusContent}
          onCloseAutoFocus={(event) => focusAgain(event, before.current)}
          className={`-translate-x-1/2 -translate-y-1/2 fixed top-1/2 left-1/2 z-50 flex max-h-[85dvh] w-[calc(100vw-2rem)] animate-fade flex-col overflow-hidden rounded-lg border border-border bg-overlay shadow-3 outline-none ${wide ? "max-w-2xl" : "max-w-md"}`}
        >
          <div className="flex items-center justify-between gap-4 ps-5 pe-3 pt-3">
            <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
            <Radix.Close asChild>
              <IconButton icon={X} label={t("common.close")} small />
            </Radix.Close>
          </div>
          <div className="thin-scroll min-h-0 overflow-y-auto px-5 pt-3 pb-5">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The dialog itself takes the focus, unless a field in it has done so: the button that closes it is not what it was opened for. */
function focusContent(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}

/** A dialog here has no trigger of its own; where what opened it is gone, the page's main part takes the focus instead of nothing. */
function focusAgain(event: Event, before: Element | null): void {
  event.preventDefault();
  const known = before instanceof HTMLElement && before.isConnected && before !== document.body;
  (known ? before : document.getElementById("main"))?.focus({ preventScroll: true });
}
