import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useState } from "react";
import { Route, Router, Switch } from "wouter";
import { queryClient } from "./api/queries.ts";
import { remember, useSession } from "./api/session.ts";
import { showAppearance } from "./design/appearance.ts";
import { Toasts } from "./design/toast.tsx";
import { LocaleContext } from "./i18n/context.ts";
import { currentLocale, type LocaleName, loadLocale } from "./i18n/index.ts";
import { AppShell } from "./shell/app-shell.tsx";

const InvitationPage = lazy(() => import("./account/invitation-page.tsx"));
const SetUpPage = lazy(() => import("./account/set-up-page.tsx"));
const SignInPage = lazy(() => import("./account/sign-in-page.tsx"));

/** The page: set-up until there is an administrator, sign-in until somebody is known, then the shell. */
export function App() {
  const [language, setLanguage] = useState(0);
  const boot = useSession((state) => state.boot);
  const user = useSession((state) => state.user);
  const settingUp = useSession((state) => state.settingUp);
  const appearance = useSession((state) => state.appearance);
  useEffect(() => {
    showAppearance(appearance);
    remember("portico_theme", appearance.theme); // By this cookie the server renders the pages before sign-in.
  }, [appearance]);
  if (!boot) return null;
  const change = async (name: LocaleName) => {
    if (name === currentLocale()) return;
    await loadLocale(name);
    remember("portico_locale", name);
    setLanguage((count) => count + 1);
  };
  return (
    <QueryClientProvider client={queryClient}>
      <LocaleContext value={change}>
        <Router base={boot.base_path} key={language}>
          <Suspense fallback={null}>
            <Switch>
              <Route path="/invite/:token">{({ token }) => <InvitationPage token={token} />}</Route>
              <Route>{settingUp ? <SetUpPage /> : user ? <AppShell key={user.id} /> : <SignInPage />}</Route>
            </Switch>
          </Suspense>
          <Toasts />
        </Router>
      </LocaleContext>
    </QueryClientProvider>
  );
}
