import { useEffect, useRef } from "react";
import { useConversations } from "../api/queries.ts";
import { t } from "../i18n/index.ts";
import { ConversationItem } from "./conversation-item.tsx";
import { groupByTime } from "./groups.ts";

export function ConversationList() {
  const { data, isPending, isError, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useConversations();
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) void fetchNextPage();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const items = data?.pages.flatMap((page) => page.items) ?? [];
  if (isError && !items.length) {
    return (
      <button type="button" onClick={() => void refetch()} className="w-full px-2.5 py-6 text-center text-danger text-sm">
        {t("sidebar.failed")}
      </button>
    );
  }
  if (!isPending && !items.length) return <p className="px-2.5 py-6 text-center text-sm text-text-3">{t("sidebar.empty")}</p>;
  return (
    <>
      {groupByTime(items).map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h2 className="px-2.5 pt-3 pb-1 text-text-3 text-xs">{group.name}</h2>
          <ul>
            {group.items.map((item) => (
              <ConversationItem key={item.id} item={item} />
            ))}
          </ul>
        </section>
      ))}
      <div ref={end} className="h-px" />
    </>
  );
}
