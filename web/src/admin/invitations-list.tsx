import { useInfiniteQuery } from "@tanstack/react-query";
import { asApiError } from "../api/errors.ts";
import { type Invitation, listInvitations, revokeInvitation } from "../api/people.ts";
import { keys } from "../api/queries.ts";
import { Button } from "../design/button.tsx";
import { classes } from "../design/classes.ts";
import { NoticeBox } from "../design/notice-box.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatDate, type Key, t } from "../i18n/index.ts";
import { saveInvitations } from "./save.ts";

const STATES: Record<Invitation["state"], { name: Key; look: string }> = {
  open: { name: "invite.open", look: "bg-ok-soft text-ok" },
  used: { name: "invite.used", look: "bg-active text-text-2" },
  revoked: { name: "invite.revoked", look: "bg-danger-soft text-danger" },
  expired: { name: "invite.expired", look: "bg-warn-soft text-warn" },
};

/** Invitations and password links, newest first, with what became of them. */
export function InvitationsList() {
  const query = useInfiniteQuery({
    queryKey: keys.invitations,
    queryFn: ({ pageParam }) => listInvitations(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label={t("invite.list")} className="pt-10">
      <h2 className="pb-3 font-semibold text-lg">{t("invite.list")}</h2>
      {query.error && <NoticeBox tone="danger">{describeError(asApiError(query.error))}</NoticeBox>}
      {query.isPending && <div className="skeleton h-16" />}
      {query.data && items.length === 0 && <NoticeBox>{t("invite.none")}</NoticeBox>}
      <ul className="divide-y divide-border rounded-md border border-border bg-raised empty:hidden">
        {items.map((item) => (
          <InvitationRow key={item.id} item={item} />
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </section>
  );
}

function InvitationRow({ item }: { item: Invitation }) {
  const { name, look } = STATES[item.state];
  const person = item.user_name ?? item.email ?? t("invite.anybody");
  const purpose = item.purpose === "password" ? t("invite.forPassword") : t(item.role === "admin" ? "role.admin" : "role.member");
  const when =
    item.state === "open"
      ? t("share.until", { time: formatDate(item.expires) })
      : item.used
        ? t("invite.usedAt", { time: formatDate(item.used) })
        : t("invite.madeAt", { time: formatDate(item.created) });
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-3">
      <span className="min-w-40 flex-1">
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{person}</span>
          <span className={classes("shrink-0 rounded-full px-2 py-0.5 text-xs", look)}>{t(name)}</span>
        </span>
        <span className="block text-text-3 text-xs [overflow-wrap:anywhere]">{[purpose, when].join(" · ")}</span>
      </span>
      {item.state === "open" && (
        <Button small look="danger" onClick={() => void saveInvitations(() => revokeInvitation(item.id))}>
          {t("share.revoke")}
        </Button>
      )}
    </li>
  );
}
