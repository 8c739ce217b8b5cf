import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import { searchText } from "../api/client.ts";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";

const PAUSE_MS = 150;

export function SearchBox({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <div className="flex h-9 items-center gap-2.5 rounded-md ps-2.5 focus-within:bg-hover hover:bg-hover max-md:h-11">
      <Search aria-hidden size={16} strokeWidth={1.75} className="shrink-0" />
      <input
        id="search"
        type="text"
        role="searchbox"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && onChange("")}
        aria-label={t("search.label")}
        placeholder={t("search.label")}
        className="min-w-0 flex-1 bg-transparent outline-none placeholder:text-text-1 max-md:text-lg"
      />
      {value && <IconButton icon={X} label={t("search.clear")} small onClick={() => onChange("")} />}
    </div>
  );
}

/** Conversations in which all the words stand, in the title or in a message. */
export function SearchResults({ query }: { query: string }) {
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
  if (data?.items.length === 0) return <p className="px-2.5 py-6 text-center text-sm text-text-3">{t("search.nothing")}</p>;
  return (
    <ul aria-label={t("search.results")}>
      {data?.items.map((hit) => (
        <li key={`${hit.conversation}/${hit.message ?? ""}`}>
          <Link
            href={`/c/${hit.conversation}${hit.message ? `?m=${hit.message}` : ""}`}
            className="flex flex-col rounded-md px-2.5 py-2 hover:bg-hover"
          >
            <span className="truncate">{hit.title || t("sidebar.untitled")}</span>
            <span className="line-clamp-2 text-text-3 text-xs">{plainSnippet(hit.snippet)}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

/** A snippet may mark its matches with tags; here it is only text. */
function plainSnippet(snippet: string): string {
  return snippet.replace(/<\/?(?:mark|b|em)>/g, "");
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
