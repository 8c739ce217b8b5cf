import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { asApiError } from "../api/errors.ts";
import { keys } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import { listShares } from "../api/shares.ts";
import { Button } from "../design/button.tsx";
import { NoticeBox } from "../design/notice-box.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { ShareRow } from "../sharing/share-row.tsx";

/** Every link by which others read something of this person's. */
export default function SharesSection() {
  const allowed = useSession((state) => state.boot?.instance.sharing ?? true);
  const query = useInfiniteQuery({
    queryKey: keys.shares,
    queryFn: ({ pageParam }) => listShares(pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const shares = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <SectionHead title={t("settings.shares")} text={t("share.allIntro")} />
      {!allowed && <NoticeBox tone="warn">{t("share.off")}</NoticeBox>}
      {query.error && (
        <NoticeBox tone="danger" role="alert">
          {describeError(asApiError(query.error))}
        </NoticeBox>
      )}
      {query.isPending && <div className="skeleton h-24" />}
      {query.data && shares.length === 0 && <NoticeBox>{t("share.none")}</NoticeBox>}
      <ul className="flex flex-col gap-5">
        {shares.map((share) => (
          <li key={share.id} className="flex flex-col gap-2">
            <Link href={`/c/${share.conversation}`} className="truncate font-medium hover:underline">
              {share.title || t("sidebar.untitled")}
            </Link>
            <ul>
              <ShareRow share={share} leaf={null} />
            </ul>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button className="mt-3" busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common.more")}
        </Button>
      )}
    </>
  );
}
