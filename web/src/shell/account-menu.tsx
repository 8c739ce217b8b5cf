import { Keyboard, LogOut, Settings } from "lucide-react";
import { useLocation } from "wouter";
import { signOut } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { pageUrl } from "../api/http.ts";
import { useUser } from "../api/session.ts";
import { Avatar } from "../design/avatar.tsx";
import { Menu } from "../design/menu.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { openLayer } from "./layers.ts";

export function AccountMenu() {
  const user = useUser();
  const [, navigate] = useLocation();
  const name = user.name || user.email || t("account.guest");
  return (
    <div className="border-border border-t p-2 pb-[max(8px,env(safe-area-inset-bottom))]">
      <Menu
        side="top"
        header={user.email ?? name}
        trigger={
          <button type="button" className="flex h-11 w-full items-center gap-2.5 rounded-md px-2 text-start hover:bg-hover">
            <Avatar id={user.id} name={name} />
            <span className="min-w-0 flex-1 truncate">{name}</span>
          </button>
        }
        items={[
          { label: t("settings.title"), icon: Settings, onSelect: () => navigate("/settings") },
          { label: t("keyboard.title"), icon: Keyboard, onSelect: () => openLayer("keys") },
          { label: t("account.signOut"), icon: LogOut, onSelect: () => void leave() },
        ]}
      />
    </div>
  );
}

/** Ends the session and loads the page anew, so that nothing of this person stays in memory. */
async function leave(): Promise<void> {
  try {
    await signOut();
    const { forgetDevice } = await import("../api/forget.ts");
    await forgetDevice(pageUrl(""));
    location.assign(pageUrl("/"));
  } catch (error) {
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
