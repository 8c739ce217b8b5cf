import { PanelLeftClose, SquarePen } from "lucide-react";
import { type CSSProperties, lazy, Suspense, useCallback, useRef, useState } from "react";
import { Link } from "wouter";
import { useSession } from "../api/session.ts";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { Logo } from "../design/logo.tsx";
import { t } from "../i18n/index.ts";
import { AccountMenu } from "./account-menu.tsx";
import { ConversationList } from "./conversation-list.tsx";
import { ListMenu } from "./list-menu.tsx";
import { OpenQuestion } from "./open-question.tsx";
import { rememberSidebar, SIDEBAR_WIDTH } from "./outline.ts";
import { SearchBox } from "./search-box.tsx";
import { useSelection } from "./selection.ts";
import "./sidebar.css";
import { useStored } from "./stored.ts";
import { useSheet } from "./use-sheet.ts";
import { WIDTH } from "./width.ts";

const SearchResults = lazy(() => import("./search-results.tsx"));
const Resizer = lazy(() => import("./resizer.tsx"));
const SelectionBar = lazy(() => import("./selection-bar.tsx"));

type Props = { open: boolean; folded: boolean; onOpen: () => void; onClose: () => void; onFold: () => void };

/** The list of conversations: a column on a wide screen, a sheet on a narrow one. */
export function Sidebar({ open, folded, onOpen, onClose, onFold }: Props) {
  const [query, setQuery] = useState("");
  const [width, setWidth] = useStored(SIDEBAR_WIDTH, widthOf, String);
  const name = useSession((state) => state.boot?.instance.name ?? "Portico");
  const choosing = useSelection((state) => state.on);
  const pane = useRef<HTMLElement>(null);
  const latest = useRef({ onOpen, onClose });
  latest.current = { onOpen, onClose };
  const change = useCallback((wanted: boolean) => (wanted ? latest.current.onOpen() : latest.current.onClose()), []);
  useSheet(pane, open, change);
  return (
    <>
      {open && (
        <button type="button" tabIndex={-1} aria-hidden className="fixed inset-0 z-20 animate-fade bg-scrim md:hidden" onClick={onClose} />
      )}
      <nav
        ref={pane}
        tabIndex={-1}
        aria-label={t("sidebar.label")}
        onKeyDown={(event) => event.key === "Escape" && onClose()}
        style={{ "--sidebar-width": `${width}px` } as CSSProperties}
        className={classes(
          "relative flex w-(--sidebar-width) shrink-0 flex-col border-border border-e bg-surface outline-none max-md:fixed max-md:inset-y-0 max-md:start-0 max-md:z-30 max-md:w-[min(320px,85vw)] max-md:shadow-3 max-md:transition-[translate,visibility] max-md:duration-240",
          !open && "max-md:invisible max-md:-translate-x-full rtl:max-md:translate-x-full",
          folded && "md:hidden",
        )}
      >
        <div className="flex h-14 items-center gap-2 ps-4 pe-2">
          <Logo size={24} />
          <span className="min-w-0 flex-1 truncate font-semibold text-lg">{name}</span>
          <ListMenu />
          <IconButton icon={PanelLeftClose} label={t("sidebar.close")} small onClick={() => (open ? onClose() : onFold())} />
        </div>
        <div className="flex flex-col gap-1 px-2 pb-2">
          <Link
            href="/"
            onClick={onClose}
            className="flex h-9 items-center gap-2.5 rounded-md px-2.5 font-medium hover:bg-hover max-md:h-11"
          >
            <SquarePen aria-hidden size={16} strokeWidth={1.75} />
            {t("sidebar.new")}
          </Link>
          <SearchBox value={query} onChange={setQuery} />
        </div>
        <div className="thin-scroll min-h-0 flex-1 overflow-y-auto overscroll-contain px-2 pb-4">
          <Suspense fallback={null}>{query.trim() ? <SearchResults query={query.trim()} /> : <ConversationList />}</Suspense>
        </div>
        <Suspense fallback={null}>{choosing && <SelectionBar />}</Suspense>
        <AccountMenu />
        <Suspense fallback={null}>
          <Resizer
            pane={pane}
            width={width}
            onChange={(wanted) => {
              setWidth(wanted);
              rememberSidebar(folded);
            }}
          />
        </Suspense>
      </nav>
      <OpenQuestion />
    </>
  );
}

function widthOf(text: string | null): number {
  const width = Number(text ?? WIDTH.usual);
  return width >= WIDTH.least && width <= WIDTH.most ? width : WIDTH.usual;
}
