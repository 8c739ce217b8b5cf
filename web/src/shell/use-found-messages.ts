import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { MessageSquareText } from "lucide-react";
import { useEffect, useState } from "react";
import { searchText } from "../api/client.ts";
import { t } from "../i18n/index.ts";
import type { Entry } from "./palette-entries.ts";

const PAUSE_MS = 150;

type Found = { entries: Entry[]; state: "idle" | "loading" | "failed" | "done"; again: () => void };

/** What the server finds in the texts of conversations, once the person pauses in typing. */
export function useFoundMessages(query: string, navigate: (path: string) => void): Found {
  const wanted = query.trim();
  const settled = useSettled(wanted);
  const { data, isError, isFetching, refetch } = useQuery({
    queryKey: ["search", settled],
    queryFn: ({ signal }) => searchText(settled, signal),
    enabled: settled !== "",
    placeholderData: keepPreviousData,
  });
  if (!wanted) return { entries: [], state: "idle", again: () => undefined };
  const hits = (data?.items ?? []).filter((hit) => hit.message);
  const entries = hits.map(
    (hit): Entry => ({
      id: `message/${hit.conversation}/${hit.message}`,
      group: "messages",
      title: hit.title || t("sidebar.untitled"),
      snippet: hit.snippet,
      icon: MessageSquareText,
      run: () => navigate(`/c/${hit.conversation}?m=${hit.message}`),
    }),
  );
  const state = isError ? "failed" : isFetching || settled !== wanted ? "loading" : "done";
  return { entries, state, again: () => void refetch() };
}

function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
