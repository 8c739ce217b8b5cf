import { lazy, type ReactNode, Suspense } from "react";
import { Link } from "wouter";
import { isAdmin, useUser } from "../api/session.ts";
import { classes } from "../design/classes.ts";
import { NoticeBox } from "../design/notice-box.tsx";
import { type Key, t } from "../i18n/index.ts";
import { KeysSection } from "./keys-section.tsx";
import { PasswordSection } from "./password-section.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { SessionsSection } from "./sessions-section.tsx";

const AppearanceSection = lazy(() => import("./appearance-section.tsx"));
const DataSection = lazy(() => import("./data-section.tsx"));
const SharesSection = lazy(() => import("./shares-section.tsx"));
const InstanceSection = lazy(() => import("../admin/instance-section.tsx"));
const ProvidersSection = lazy(() => import("../admin/providers-section.tsx"));
const UsersSection = lazy(() => import("../admin/users-section.tsx"));

type Section = { id: string; name: Key; admin?: boolean; account?: boolean; view: () => ReactNode };

export const SECTIONS: readonly Section[] = [
  { id: "profile", name: "settings.profile", view: () => <ProfileSection /> },
  { id: "appearance", name: "settings.appearance", view: () => <AppearanceSection /> },
  { id: "password", name: "settings.password", account: true, view: () => <PasswordSection /> },
  { id: "keys", name: "settings.keys", account: true, view: () => <KeysSection /> },
  { id: "sessions", name: "settings.sessions", view: () => <SessionsSection /> },
  { id: "shares", name: "settings.shares", account: true, view: () => <SharesSection /> },
  { id: "data", name: "settings.data", view: () => <DataSection /> },
  { id: "instance", name: "settings.general", admin: true, view: () => <InstanceSection /> },
  { id: "providers", name: "settings.providers", admin: true, view: () => <ProvidersSection /> },
  { id: "users", name: "settings.users", admin: true, view: () => <UsersSection /> },
];

/** Settings: one's own, and the instance's for administrators. */
export default function SettingsPage({ section }: { section: string }) {
  const user = useUser();
  const mayOpen = (item: Section) => (!item.admin || isAdmin(user)) && (!item.account || user.role !== "guest");
  const current = SECTIONS.find((item) => item.id === section) ?? SECTIONS[0];
  return (
    <div className="flex min-h-0 flex-1 flex-col md:flex-row">
      <nav
        aria-label={t("settings.title")}
        className="thin-scroll flex shrink-0 gap-1 overflow-x-auto border-border px-3 py-2 max-md:border-b md:w-52 md:flex-col md:pt-8 md:ps-6"
      >
        {SECTIONS.filter(mayOpen).map((item, index, all) => (
          <div key={item.id} className="contents">
            {item.admin && !all[index - 1]?.admin && (
              <span className="px-3 pt-4 pb-1 text-text-3 text-xs max-md:hidden">{t("settings.instance")}</span>
            )}
            <Link
              href={`/settings/${item.id}`}
              ref={item === current ? showInView : undefined}
              aria-current={item === current ? "page" : undefined}
              className={classes(
                "flex h-9 shrink-0 items-center rounded-md px-3 max-md:h-11",
                item === current ? "bg-active font-medium" : "text-text-2 hover:bg-hover hover:text-text-1",
              )}
            >
              {t(item.name)}
            </Link>
          </div>
        ))}
      </nav>
      <div className="thin-scroll min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto w-full max-w-3xl px-4 pt-6 pb-16 md:px-8 md:pt-8">
          {current && !mayOpen(current) ? (
            <NoticeBox tone="warn">{t("settings.forbidden")}</NoticeBox>
          ) : (
            <Suspense fallback={<div className="skeleton h-24" />}>{current?.view()}</Suspense>
          )}
        </div>
      </div>
    </div>
  );
}

/** On a narrow screen the sections are a row that scrolls: the chosen one is brought into view. */
function showInView(link: HTMLAnchorElement | null): void {
  link?.scrollIntoView({ block: "nearest", inline: "center" });
}
