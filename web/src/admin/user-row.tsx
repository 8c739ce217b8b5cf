import { Ellipsis, KeyRound, UserCheck, UserPlus, UserX } from "lucide-react";
import { patchUser } from "../api/client.ts";
import { useUser } from "../api/session.ts";
import type { Role, User } from "../api/types.ts";
import { Avatar } from "../design/avatar.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { Menu, type MenuItem } from "../design/menu.tsx";
import { Select } from "../design/select.tsx";
import { formatRelative, t } from "../i18n/index.ts";
import { saveUsers } from "./save.ts";

type Props = {
  user: User;
  ticked: boolean;
  onTick: (ticked: boolean) => void;
  onPasswordLink: () => void;
  onMakeAccount: () => void;
};

/** One account: who, since when unseen, as what, and what can be done with it. */
export function UserRow({ user, ticked, onTick, onPasswordLink, onMakeAccount }: Props) {
  const self = useUser().id === user.id;
  const suspended = user.status === "suspended";
  const patch = (body: { role?: Exclude<Role, "guest">; status?: User["status"] }) => void saveUsers(() => patchUser(user.id, body));
  const seen = user.last_seen ? t("users.seen", { time: formatRelative(user.last_seen) }) : t("users.neverSeen");
  const guest = user.role === "guest";
  const items: MenuItem[] = [
    guest
      ? { label: t("users.makeAccount"), icon: UserPlus, onSelect: onMakeAccount }
      : { label: t("users.passwordLink"), icon: KeyRound, onSelect: onPasswordLink, disabled: suspended },
    suspended
      ? { label: t("users.activate"), icon: UserCheck, onSelect: () => patch({ status: "active" }) }
      : { label: t("users.suspend"), icon: UserX, danger: true, disabled: self, onSelect: () => patch({ status: "suspended" }) },
  ];
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-3">
      <label className="-m-3.5 flex shrink-0 p-3.5">
        <input
          type="checkbox"
          checked={ticked}
          disabled={self}
          onChange={(event) => onTick(event.target.checked)}
          aria-label={t("users.select", { name: user.name })}
          className="size-4 accent-accent"
        />
      </label>
      <Avatar id={user.id} name={user.name} />
      <span className="min-w-32 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{user.name}</span>
          {suspended && (
            <span className="shrink-0 rounded-full bg-danger-soft px-2 py-0.5 text-danger text-xs">{t("users.suspended")}</span>
          )}
        </span>
        <span className="block truncate text-text-3 text-xs">{[user.email, seen].filter(Boolean).join(" · ")}</span>
      </span>
      <span className="flex items-center gap-2 max-md:w-full max-md:justify-between max-md:ps-7">
        {guest ? (
          <span className="text-sm text-text-3">{t("role.guest")}</span>
        ) : (
          <Select
            label={t("users.role", { name: user.name })}
            hideLabel
            className="w-40"
            disabled={self}
            value={user.role}
            onChange={(event) => patch({ role: event.target.value as Exclude<Role, "guest"> })}
            options={[
              { value: "member", label: t("role.member") },
              { value: "admin", label: t("role.admin") },
            ]}
          />
        )}
        <Menu trigger={<IconButton icon={Ellipsis} label={t("users.more", { name: user.name })} small />} items={items} />
      </span>
    </li>
  );
}
