import { Search, SquarePen } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import { useLocation } from "wouter";
import { draftKey, setText } from "../conversation/drafts.ts";
import { isComposing } from "../design/composing.ts";
import { isTouch } from "../design/pointer.ts";
import { Spinner } from "../design/spinner.tsx";
import { t } from "../i18n/index.ts";
import { focusComposer } from "./at-once.ts";
import { type Entry, sectionsOf } from "./palette-entries.ts";
import { PaletteFooter } from "./palette-footer.tsx";
import { PaletteList } from "./palette-list.tsx";
import { isMac, pageActionOf } from "./shortcuts.ts";
import { useFoundMessages } from "./use-found-messages.ts";
import { usePaletteEntries } from "./use-palette-entries.ts";

type Props = { onClose: () => void; toggleSidebar: () => void };

/** One field that finds conversations, what was said in them, models, settings and commands. */
export default function Palette({ onClose, toggleSidebar }: Props) {
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const [, navigate] = useLocation();
  const list = useId();
  const chosen = useRef<Entry | null>(null);
  const found = useFoundMessages(query, navigate);
  const sections = sectionsOf([...usePaletteEntries(toggleSidebar), ...found.entries, ...beginning(query, navigate)], query);
  const shown = sections.flatMap((section) => section.entries);
  const active = Math.min(at, shown.length - 1);

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    chosen.current = entry;
    onClose();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setAt((active + step + shown.length) % Math.max(1, shown.length));
    else if (event.key === "Enter") choose(shown[active]);
    else if (pageActionOf(event.nativeEvent, true, isMac()) === "palette") onClose();
    else return;
    event.preventDefault();
  };

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 animate-fade bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          // An entry acts when the palette is gone: what it opens takes the focus, and the palette does not take it back.
          onCloseAutoFocus={(event) => {
            if (!chosen.current) return;
            event.preventDefault();
            if (!isTouch()) focusComposer();
            chosen.current.run();
          }}
          className="fixed inset-x-0 top-[max(8px,10dvh)] z-50 mx-auto flex max-h-[min(560px,80dvh)] w-[min(640px,calc(100vw-16px))] animate-fade flex-col overflow-hidden rounded-lg border border-border bg-overlay shadow-3"
        >
          <Dialog.Title className="sr-only">{t("keyboard.palette")}</Dialog.Title>
          <div className="flex items-center gap-3 border-border border-b px-4">
            <Search aria-hidden size={18} className="shrink-0 text-text-3" />
            <input
              role="combobox"
              aria-expanded="true"
              aria-controls={list}
              aria-activedescendant={shown.length ? `${list}-${active}` : undefined}
              aria-label={t("palette.field")}
              placeholder={t("palette.field")}
              value={query}
              onChange={(event) => {
                setQuery(event.target.value);
                setAt(0);
              }}
              onKeyDown={onKeyDown}
              enterKeyHint="go"
              className="h-13 min-w-0 flex-1 bg-transparent text-lg outline-none"
            />
            {found.state === "loading" && <Spinner />}
          </div>
          <PaletteList id={list} sections={sections} active={active} query={query} found={found} onActive={setAt} onChoose={choose} />
          <PaletteFooter />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** What was typed may be the beginning of a new conversation. */
function beginning(query: string, navigate: (path: string) => void): Entry[] {
  const text = query.trim();
  if (!text) return [];
  const run = () => {
    setText(draftKey(null), text);
    navigate("/");
  };
  return [{ id: "begin", group: "begin", title: t("palette.begin", { text }), icon: SquarePen, run }];
}
