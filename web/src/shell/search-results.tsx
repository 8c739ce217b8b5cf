import { useQuery } from "@tanstack/react-query";
import { Archive } from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { searchText } from "../api/client.ts";
import { prefetchConversation } from "../api/queries.ts";
import type { SearchHit } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { marksOf } from "./highlight.ts";
import { moveByKeys } from "./list-keys.ts";
import { Marked } from "./marked.tsx";

const PAUSE_MS = 150;

/** Conversations in which all the words stand: first those whose title has them, then those in which they were said. */
export default function SearchResults({ query }: { query: string }) {
  const settled = useSettled(query);
  const { data, isError, refetch } = useQuery({
    queryKey: ["search", settled],
    queryFn: ({ signal }) => searchText(settled, signal),
    placeholderData: (before) => before,
  });
  if (isError) {
    return (
      <button type="button" onClick={() => void refetch()} className="w-full px-2.5 py-6 text-center text-danger text-sm">
        {t("search.failed")}
      </button>
    );
  }
  if (!data) return null;
  const titles = data.items.filter((hit) => hit.message === null);
  const messages = data.items.filter((hit) => hit.message !== null);
  return (
    <div role="region" aria-label={t("search.results")} onKeyDown={(event) => moveByKeys(event, "[data-hit]", "#search")}>
      {data.items.length === 0 && (
        <div role="status" className="flex flex-col gap-1 px-2.5 py-6 text-center text-sm">
          <p>{t("search.nothingFor", { query: settled })}</p>
          <p className="text-text-3">{t("search.where")}</p>
        </div>
      )}
      <Hits name={t("search.titles")} hits={titles} query={settled} />
      <Hits name={t("search.messages")} hits={messages} query={settled} />
      {data.next && <p className="px-2.5 py-3 text-center text-text-3 text-xs">{t("search.more")}</p>}
    </div>
  );
}

function Hits({ name, hits, query }: { name: string; hits: readonly SearchHit[]; query: string }) {
  if (!hits.length) return null;
  return (
    <section aria-label={name}>
      <h2 className="px-2.5 pt-3 pb-1 text-text-3 text-xs">{name}</h2>
      <ul>
        {hits.map((hit) => (
          <li key={hit.conversation}>
            <Link
              href={`/c/${hit.conversation}${hit.message ? `?m=${hit.message}` : ""}`}
              data-hit
              onPointerDown={() => prefetchConversation(hit.conversation)}
              className="flex min-h-11 flex-col justify-center rounded-md px-2.5 py-1.5 hover:bg-hover focus-visible:-outline-offset-2"
            >
              <span className="flex items-center gap-1.5">
                <span className="truncate">
                  <Marked text={hit.title || t("sidebar.untitled")} marks={marksOf(hit.title, query)} />
                </span>
                {hit.archived && <Archive role="img" aria-label={t("archive.mark")} size={13} className="shrink-0 text-text-3" />}
              </span>
              {hit.message && (
                <span className="line-clamp-2 text-text-3 text-xs">
                  <Marked text={hit.snippet} marks={marksOf(hit.snippet, query)} />
                </span>
              )}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
