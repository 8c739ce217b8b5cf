import { useInfiniteQuery } from "@tanstack/react-query";
import { Link2, Plus } from "lucide-react";
import { useState } from "react";
import { asApiError } from "../api/errors.ts";
import { listUsers, makePasswordLink, type UserFilter } from "../api/people.ts";
import { keys } from "../api/queries.ts";
import type { User } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { InvitationsList } from "./invitations-list.tsx";
import type { Made } from "./made-link.tsx";
import { saveInvitations } from "./save.ts";
import { type UserLayer, UserLayers } from "./user-layers.tsx";
import { UserRow } from "./user-row.tsx";
import { UsersFilter } from "./users-filter.tsx";

const EVERYBODY: UserFilter = { q: "", role: "", status: "" };

/** Who may use this instance, and as what; and the invitations to it. */
export default function UsersSection() {
  const [filter, setFilter] = useState(EVERYBODY);
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [layer, setLayer] = useState<UserLayer | null>(null);
  const query = useInfiniteQuery({
    queryKey: [...keys.users, filter],
    queryFn: ({ pageParam }) => listUsers(filter, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    placeholderData: (before) => before,
  });
  const users = query.data?.pages.flatMap((page) => page.items) ?? [];
  const shown = users.filter((user) => ticked.has(user.id)).map((user) => user.id);
  const tick = (id: string, on: boolean) => {
    const next = new Set(ticked);
    if (on) next.add(id);
    else next.delete(id);
    setTicked(next);
  };
  const passwordLink = async (user: User) => {
    let made: Made | null = null;
    await saveInvitations(async () => {
      const { path } = await makePasswordLink(user.id);
      made = { path, text: t("invite.passwordMade", { name: user.name }) };
    });
    if (made) setLayer({ kind: "link", made });
  };
  return (
    <>
      <SectionHead title={t("settings.users")} text={t("users.intro")}>
        <span className="flex flex-wrap gap-2">
          <Button small onClick={() => setLayer({ kind: "add" })}>
            <Plus aria-hidden size={16} />
            {t("users.add")}
          </Button>
          <Button look="primary" small onClick={() => setLayer({ kind: "invite" })}>
            <Link2 aria-hidden size={16} />
            {t("invite.title")}
          </Button>
        </span>
      </SectionHead>
      <UsersFilter value={filter} onChange={setFilter} />
      {query.error && (
        <NoticeBox tone="danger" role="alert">
          {describeError(asApiError(query.error))}{" "}
          <button type="button" className="font-medium underline" onClick={() => void query.refetch()}>
            {t("common.retry")}
          </button>
        </NoticeBox>
      )}
      {query.isPending && <div className="skeleton h-24" />}
      {query.data && users.length === 0 && <NoticeBox>{t("users.nobody")}</NoticeBox>}
      {shown.length > 0 && <BulkBar ids={shown} onDone={() => setTicked(new Set())} />}
      <ul className="divide-y divide-border rounded-md border border-border bg-raised empty:hidden">
        {users.map((user) => (
          <UserRow
            key={user.id}
            user={user}
            ticked={ticked.has(user.id)}
            onTick={(on) => tick(user.id, on)}
            onPasswordLink={() => void passwordLink(user)}
            onMakeAccount={() => setLayer({ kind: "guest", guest: user })}
          />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
      <InvitationsList />
      <UserLayers layer={layer} onChange={setLayer} />
    </>
  );
}
