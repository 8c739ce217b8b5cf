import { Archive, ArchiveRestore, Trash2 } from "lucide-react";
import { Link } from "wouter";
import { useConversations } from "../api/queries.ts";
import type { Conversation } from "../api/types.ts";
import { IconButton } from "../design/icon-button.tsx";
import { SectionHead } from "../design/section-head.tsx";
import { formatDate, t } from "../i18n/index.ts";
import { ListEnd } from "./list-end.tsx";
import { organise } from "./organise.ts";

/** The archive: conversations that are out of the way, and the way back. */
export default function ArchivePage() {
  const query = useConversations("archived");
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const empty = query.data && !items.length;
  return (
    <div className="thin-scroll min-h-0 flex-1 overflow-y-auto px-4 pb-[max(24px,env(safe-area-inset-bottom))] md:px-6">
      <div className="mx-auto w-full max-w-3xl pt-6">
        <SectionHead title={t("archive.title")} text={t("archive.text")} />
        {empty ? (
          <div className="flex flex-col items-center gap-3 py-16 text-center text-text-3">
            <Archive aria-hidden size={32} strokeWidth={1.5} />
            <p className="max-w-prose text-balance">{t("archive.empty")}</p>
          </div>
        ) : (
          <>
            <ul aria-label={t("archive.title")} className="-mx-2.5 flex flex-col">
              {items.map((item) => (
                <ArchivedRow key={item.id} item={item} />
              ))}
            </ul>
            <ListEnd query={query} empty="" />
          </>
        )}
      </div>
    </div>
  );
}

function ArchivedRow({ item }: { item: Conversation }) {
  const title = item.title || t("sidebar.untitled");
  return (
    <li className="flex items-center gap-1 border-border border-b py-1 last:border-b-0">
      <Link href={`/c/${item.id}`} className="flex min-h-11 min-w-0 flex-1 flex-col justify-center rounded-md px-2.5 hover:bg-hover">
        <span className="truncate">{title}</span>
        <span className="text-text-3 text-xs">{formatDate(item.updated, { dateStyle: "medium" })}</span>
      </Link>
      <IconButton icon={ArchiveRestore} label={t("archive.restore", { title })} onClick={() => void organise([item.id], "unarchive")} />
      <IconButton icon={Trash2} label={t("archive.delete", { title })} onClick={() => void organise([item.id], "delete")} />
    </li>
  );
}
