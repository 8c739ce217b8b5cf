import { Menu as MenuIcon, SquarePen } from "lucide-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { useSession, useUser } from "../api/session.ts";
import { HomePage } from "../conversation/home-page.tsx";
import { ErrorBoundary } from "../design/error-boundary.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";
import { ShareLayer } from "../sharing/share-layer.tsx";
import { ConnectionBar } from "./connection-bar.tsx";
import { LayerHost } from "./layer-host.tsx";
import { rememberSidebar } from "./outline.ts";
import { Sidebar } from "./sidebar.tsx";
import { useConnection } from "./use-connection.ts";
import { useIdleWork } from "./use-idle-work.ts";
import { usePlace } from "./use-place.ts";
import { useShortcuts } from "./use-shortcuts.ts";
import { useVisibleHeight } from "./use-visible-height.ts";

export const loadConversation = () => import("../conversation/conversation-page.tsx");
const ConversationPage = lazy(loadConversation);
const ArchivePage = lazy(() => import("./archive-page.tsx"));
const SettingsPage = lazy(() => import("../settings/settings-page.tsx"));
const ExpiredLayer = lazy(() => import("../account/expired-layer.tsx"));

/** The frame of the page: the list beside, the chosen view in the middle. */
export function AppShell() {
  const user = useUser();
  const basePath = useSession((state) => state.boot?.base_path ?? "");
  useConnection(user.id);
  useIdleWork(user.id, basePath, loadConversation);
  const [sheet, setSheet] = useState(false);
  const [folded, setFolded] = useState(() => document.cookie.includes("portico_sidebar=folded"));
  const [location] = useLocation();
  const expired = useSession((state) => state.expired);
  const fold = (value: boolean) => {
    setFolded(value);
    rememberSidebar(value);
  };
  const toggleSidebar = () => (window.innerWidth < 768 ? setSheet(!sheet) : fold(!folded));
  useShortcuts(toggleSidebar);
  useVisibleHeight();
  usePlace();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the sheet closes when a place is chosen
  useEffect(() => setSheet(false), [location]);

  return (
    <div className="flex h-[var(--view-height,100dvh)] w-full overflow-hidden">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-md focus:bg-overlay focus:px-3 focus:py-2"
      >
        {t("shell.skip")}
      </a>
      <Sidebar open={sheet} folded={folded} onOpen={() => setSheet(true)} onClose={() => setSheet(false)} onFold={() => fold(true)} />
      <main id="main" tabIndex={-1} className="outline-none flex min-w-0 flex-1 flex-col">
        <TopBar folded={folded} home={location === "/"} onMenu={() => setSheet(true)} onUnfold={() => fold(false)} />
        <ConnectionBar />
        <ErrorBoundary>
          <Suspense fallback={<div className="flex-1" />}>
            <Switch>
              <Route path="/c/:id">{({ id }) => <ConversationPage key={id} id={id} />}</Route>
              <Route path="/archive">
                <ArchivePage />
              </Route>
              <Route path="/settings/:section?">{({ section }) => <SettingsPage section={section ?? "profile"} />}</Route>
              <Route>
                <HomePage />
              </Route>
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </main>
      <ShareLayer />
      <LayerHost toggleSidebar={toggleSidebar} />
      {expired && (
        <Suspense fallback={null}>
          <ExpiredLayer />
        </Suspense>
      )}
    </div>
  );
}

function TopBar({ folded, home, onMenu, onUnfold }: { folded: boolean; home: boolean; onMenu: () => void; onUnfold: () => void }) {
  return (
    <div className={`flex h-12 shrink-0 items-center justify-between px-1 md:h-0 ${folded ? "md:h-12 md:justify-start md:px-2" : ""}`}>
      <IconButton icon={MenuIcon} label={t("sidebar.open")} onClick={onMenu} className="md:hidden" />
      {folded && <IconButton icon={MenuIcon} label={t("sidebar.open")} onClick={onUnfold} className="max-md:hidden" />}
      <Link
        href="/"
        aria-label={t("sidebar.new")}
        title={t("sidebar.new")}
        className={`inline-flex size-9 items-center justify-center rounded-md text-text-2 hover:bg-hover hover:text-text-1 max-md:size-11 ${folded ? "" : "md:hidden"} ${home ? "max-md:hidden" : ""}`}
      >
        <SquarePen aria-hidden size={18} strokeWidth={1.75} />
      </Link>
    </div>
  );
}
