import { useEffect, useRef, useState } from "react";
import type { useConversations } from "../api/queries.ts";
import { Spinner } from "../design/spinner.tsx";
import { t } from "../i18n/index.ts";

const LATE_MS = 150;
const WIDTHS = ["w-3/4", "w-1/2", "w-2/3", "w-4/5", "w-3/5"];

type Props = { query: ReturnType<typeof useConversations>; empty: string };

/** What stands under a list: its beginning while it loads, the next page, what went wrong, or that this is all. */
export function ListEnd({ query, empty }: Props) {
  const { data, isPending, isError, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = query;
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = end.current;
    if (!element || !hasNextPage || isFetchingNextPage || isError) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void fetchNextPage();
      },
      { rootMargin: "400px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, isError, fetchNextPage]);

  if (isError) {
    const again = () => void (data ? fetchNextPage() : refetch());
    return (
      <button type="button" onClick={again} className="w-full rounded-md px-2.5 py-4 text-center text-danger text-sm hover:bg-hover">
        {t("sidebar.failed")}
      </button>
    );
  }
  if (isPending) return <Skeleton />;
  if (!data?.pages.some((page) => page.items.length)) return <p className="px-2.5 py-3 text-center text-sm text-text-3">{empty}</p>;
  return (
    <div ref={end} className="flex min-h-px justify-center text-text-3 text-xs">
      {isFetchingNextPage && <Spinner className="my-3 size-4" />}
      {!hasNextPage && data.pages.length > 1 && <span className="py-3">{t("sidebar.end")}</span>}
    </div>
  );
}

function Skeleton() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-label={t("common.loading")} className="flex flex-col">
      {late &&
        WIDTHS.map((width) => (
          <div key={width} className="flex h-9 items-center px-2.5 max-md:h-11">
            <div className={`skeleton h-3 ${width}`} />
          </div>
        ))}
    </div>
  );
}
