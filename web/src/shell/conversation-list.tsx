import { useEffect, useMemo, useState } from "react";
import { useConversations } from "../api/queries.ts";
import { t } from "../i18n/index.ts";
import { useFolderDrop } from "./drag.ts";
import { FolderList } from "./folder-list.tsx";
import { groupByTime } from "./groups.ts";
import { ListEnd } from "./list-end.tsx";
import { moveByKeys } from "./list-keys.ts";
import { ListSection } from "./list-section.tsx";

/** Pinned conversations, folders, and the rest by the time of their last use. */
export function ConversationList() {
  const recent = useConversations("recent");
  const pinned = useConversations("pinned").data?.pages[0]?.items ?? [];
  const drop = useFolderDrop(null);
  const today = useToday();
  const pages = recent.data?.pages;
  const items = useMemo(() => pages?.flatMap((page) => page.items) ?? [], [pages]);
  const groups = useMemo(() => groupByTime(items, new Date(today)), [items, today]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move between the links and buttons inside
    <div onKeyDown={(event) => moveByKeys(event, "[data-row]")}>
      {pinned.length > 0 && <ListSection name={t("sidebar.pinned")} items={pinned} />}
      <FolderList />
      <div {...drop.handlers} className={drop.over ? "drop-over rounded-md" : undefined}>
        {groups.map((group) => (
          <ListSection key={group.name} name={group.name} items={group.items} />
        ))}
        <ListEnd query={recent} empty={t("sidebar.empty")} />
      </div>
    </div>
  );
}

/** The moment at which the present day began; it changes at midnight, and with it the headings. */
function useToday(): number {
  const [today, setToday] = useState(() => new Date().setHours(0, 0, 0, 0));
  useEffect(() => {
    const midnight = new Date(today);
    midnight.setDate(midnight.getDate() + 1);
    const timer = setTimeout(() => setToday(new Date().setHours(0, 0, 0, 0)), Math.max(1_000, midnight.getTime() - Date.now()));
    return () => clearTimeout(timer);
  }, [today]);
  return today;
}
