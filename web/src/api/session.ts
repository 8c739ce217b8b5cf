import { create } from "zustand";
import { seedConversations } from "./queries.ts";
import type { Connection } from "./stream.ts";
import type { Boot, ModelRef, User } from "./types.ts";

type SessionState = {
  boot: Boot | null;
  user: User | null;
  /** The session ended under a page that was in use: sign-in comes as a layer, and drafts stay. */
  expired: boolean;
  /** The first-run pages are shown: there is no administrator yet, or the one just made is still connecting a model. */
  settingUp: boolean;
  connection: Connection;
  sendKey: "enter" | "mod_enter";
  defaultModel: ModelRef | null;
};

/** Who is signed in, and how the page is connected. */
export const useSession = create<SessionState>(() => ({
  boot: null,
  user: null,
  expired: false,
  settingUp: false,
  connection: "connecting",
  sendKey: "enter",
  defaultModel: null,
}));

export function adoptBoot(boot: Boot): void {
  if (boot.conversations) seedConversations(boot.conversations);
  useSession.setState({ boot, user: boot.user, expired: false, settingUp: boot.setup.required, defaultModel: boot.default_model });
}

export function useUser(): User {
  const user = useSession((state) => state.user);
  if (!user) throw new Error("no user is signed in");
  return user;
}

export function isAdmin(user: User | null): boolean {
  return user?.role === "admin";
}
