import { create } from "zustand";
import { forgetOthers } from "./person.ts";
import { seedShelf } from "./shelf.ts";
import type { Connection } from "./stream.ts";
import type { Appearance, Boot, ModelRef, User } from "./types.ts";

type SessionState = {
  boot: Boot | null;
  user: User | null;
  /** The session ended under a page that was in use: sign-in comes as a layer, and drafts stay. */
  expired: boolean;
  /** The first-run pages are shown: there is no administrator yet, or the one just made is still connecting a model. */
  settingUp: boolean;
  connection: Connection;
  /** Connects at once instead of after the pause that grows with every failure. */
  reconnect: () => void;
  appearance: Appearance;
  sendKey: "enter" | "mod_enter";
  defaultModel: ModelRef | null;
};

const USUAL: Appearance = {
  theme: "system",
  accent: "default",
  density: "comfortable",
  text_size: "default",
  chat_width: "default",
  motion: "system",
};

/** Who is signed in, and how the page is connected. */
export const useSession = create<SessionState>(() => ({
  boot: null,
  user: null,
  expired: false,
  settingUp: false,
  connection: "connecting",
  reconnect: () => undefined,
  appearance: USUAL,
  sendKey: "enter",
  defaultModel: null,
}));

const FIRST_RUN = "portico:first-run";

/** Notes that the administrator was made and the rest of the first run is still to come, so that a reload comes back to it; or that it is over. */
export function noteFirstRun(unfinished: boolean): void {
  if (unfinished) sessionStorage.setItem(FIRST_RUN, "model");
  else sessionStorage.removeItem(FIRST_RUN);
  useSession.setState({ settingUp: unfinished });
}

export function adoptBoot(boot: Boot): void {
  if (boot.user) forgetOthers(boot.user.id);
  seedShelf(boot);
  const { user, appearance, default_model: defaultModel } = boot;
  useSession.setState({ boot, user, appearance, defaultModel, expired: false, settingUp: boot.setup.required || isResumed(user) });
}

function isResumed(user: User | null): boolean {
  return isAdmin(user) && sessionStorage.getItem(FIRST_RUN) !== null;
}

/** Writes one of the cookies by which the server knows how the page looks before anybody signs in, and before any script runs. */
export function remember(name: "portico_theme" | "portico_locale" | "portico_sidebar", value: string): void {
  const path = `${useSession.getState().boot?.base_path ?? ""}/`;
  // biome-ignore lint/suspicious/noDocumentCookie: Firefox and Safari have no cookie store yet
  document.cookie = `${name}=${value}; path=${path}; max-age=31536000; samesite=lax`;
}

export function useUser(): User {
  const user = useSession((state) => state.user);
  if (!user) throw new Error("no user is signed in");
  return user;
}

export function isAdmin(user: User | null): boolean {
  return user?.role === "admin";
}
