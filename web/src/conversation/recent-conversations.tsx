import { MessageSquare } from "lucide-react";
import { Link } from "wouter";
import { prefetchConversation, useConversations } from "../api/queries.ts";
import { t } from "../i18n/index.ts";
import { useIsBegun } from "./drafts.ts";

const SHOWN = 3;

/** The newest conversations, on a phone, where the list is out of sight. */
export function RecentConversations() {
  const items = useConversations().data?.pages[0]?.items.slice(0, SHOWN) ?? [];
  const begun = useIsBegun();
  if (begun || !items.length) return null;
  return (
    <section aria-label={t("home.recent")} className="md:hidden [@media(height<560px)]:hidden">
      <h2 className="px-2 pb-1 text-text-3 text-xs">{t("home.recent")}</h2>
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            <Link
              href={`/c/${item.id}`}
              onPointerDown={() => prefetchConversation(item.id)}
              className="flex h-11 items-center gap-2.5 rounded-md px-2 text-text-2 hover:bg-hover"
            >
              <MessageSquare aria-hidden size={16} strokeWidth={1.75} className="shrink-0" />
              <span className="truncate">{item.title || t("sidebar.untitled")}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
