import { useInfiniteQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { listUsers, patchUser } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys } from "../api/queries.ts";
import { useUser } from "../api/session.ts";
import type { Role, User } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { Layer } from "../design/layer.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { Select } from "../design/select.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatDate, t } from "../i18n/index.ts";
import { saveUsers } from "./save.ts";
import { UserForm } from "./user-form.tsx";

/** Who may use this instance, and as what. */
export default function UsersSection() {
  const [adding, setAdding] = useState(false);
  const query = useInfiniteQuery({
    queryKey: keys.users,
    queryFn: ({ pageParam }) => listUsers(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const users = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <SectionHead title={t("settings.users")} text={t("users.intro")}>
        <Button look="primary" small onClick={() => setAdding(true)}>
          <Plus aria-hidden size={16} />
          {t("users.add")}
        </Button>
      </SectionHead>
      {query.error && <NoticeBox tone="danger">{describeError(asApiError(query.error))}</NoticeBox>}
      <ul className="divide-y divide-border rounded-md border border-border bg-raised">
        {users.map((user) => (
          <UserRow key={user.id} user={user} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      {adding && (
        <Layer title={t("users.add")} onClose={() => setAdding(false)}>
          <UserForm onSaved={() => setAdding(false)} />
        </Layer>
      )}
    </>
  );
}

function UserRow({ user }: { user: User }) {
  const self = useUser().id === user.id;
  const suspended = user.status === "suspended";
  const patch = (body: { role?: Exclude<Role, "guest">; status?: User["status"] }) => void saveUsers(() => patchUser(user.id, body));
  const seen = user.last_seen ? t("users.seen", { time: formatDate(user.last_seen) }) : t("users.neverSeen");
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-3">
      <span className="min-w-40 flex-1">
        <span className="block truncate font-medium">
          {user.name}
          {suspended && <span className="ms-2 rounded-full bg-danger-soft px-2 py-0.5 text-danger text-xs">{t("users.suspended")}</span>}
        </span>
        <span className="block truncate text-text-3 text-xs">{[user.email, seen].filter(Boolean).join(" · ")}</span>
      </span>
      {user.role === "guest" ? (
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
      <Button
        small
        disabled={self}
        look={suspended ? "secondary" : "danger"}
        onClick={() => patch({ status: suspended ? "active" : "suspended" })}
      >
        {t(suspended ? "users.activate" : "users.suspend")}
      </Button>
    </li>
  );
}
